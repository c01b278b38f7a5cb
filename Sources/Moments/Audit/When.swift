/// A point in the log's past, as people name it: by a sequence or by a time.
public enum When: Sendable, Hashable {
    /// When the log ended with the event of that sequence; 0 is before the first.
    case sequence(Int)
    /// What was recorded at that time or before.
    case time(Timestamp)
}

extension When {
    /// Reads a point in time.
    ///
    /// It is a sequence (`17`), `now`, a time before now (`-2h`, with one of `s`, `m`, `h`,
    /// `d` and `w`), a date, which means its first moment, or a date and a time of day as in
    /// RFC 3339, whose seconds and offset may be left out. Without an offset it is local.
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - now: The time that `now` and what is relative to it mean.
    ///   - zone: The rules of local time.
    /// - Throws: ``MomentlogError`` with `usage` for other texts, for dates and times that do
    ///   not exist, and for local times that came twice.
    /// - Complexity: O(*n*) in the text.
    public init(_ text: String, now: Timestamp, zone: ZoneRules) throws(MomentlogError) {
        if text == "now" {
            self = .time(now)
        } else if let first = text.utf8.first, first == UInt8(ascii: "-") {
            self = .time(try Self.time(text.dropFirst(), before: now))
        } else if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let sequence = Int(text) else {
                throw Self.refusal(text, "no sequence is that large")
            }
            self = .sequence(sequence)
        } else {
            self = .time(try Self.time(text, zone))
        }
    }

    private static let units: [(letter: Character, seconds: Int64)] = [
        ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800),
    ]

    private static func time(
        _ text: Substring, before now: Timestamp
    ) throws(MomentlogError) -> Timestamp {
        guard let letter = text.last, let unit = units.first(where: { $0.letter == letter }),
            text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(text.dropLast())
        else {
            throw refusal("-\(text)", "a time before now is like -2h, in s, m, h, d or w")
        }
        let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit.seconds)
        let (span, isFar) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (time, isBeforeAll) = now.microseconds.subtractingReportingOverflow(span)
        guard !isTooLong, !isFar, !isBeforeAll else {
            throw refusal("-\(text)", "that is before all times")
        }
        return Timestamp(microseconds: time)
    }

    private static func time(
        _ text: String, _ zone: ZoneRules
    ) throws(MomentlogError) -> Timestamp {
        guard let read = WrittenTime(text) else {
            throw refusal(
                text,
                "it is a sequence, a date and time such as 2026-11-24T14:00:00+01:00, a date,"
                    + " now, or -2h")
        }
        guard let wallClock = read.wallClock else {
            throw refusal(text, "there is no such date or time of day")
        }
        if let offset = read.offset {
            return Timestamp(microseconds: wallClock.microseconds - offset * 1_000_000)
        }
        let times = zone.times(showing: wallClock)
        guard let time = times.first else {
            throw refusal(text, "the clocks were set forward over that time")
        }
        guard times.count == 1 else {
            throw refusal(
                text, "the clocks were set back and showed it twice; add an offset such as +01:00")
        }
        return time
    }

    private static func refusal(_ text: String, _ reason: String) -> MomentlogError {
        MomentlogError(.usage, "'\(text)' is no point in time: \(reason)")
    }
}

extension When: CustomStringConvertible {
    /// The sequence, or the time as RFC 3339 in UTC.
    public var description: String {
        switch self {
        case .sequence(let sequence): String(sequence)
        case .time(let time): time.description
        }
    }
}
