/// A point in the log's past, given as a sequence or a time.
public enum When: Sendable, Hashable {
    /// The state after the event of that sequence; 0 is before the first.
    case sequence(Int)
    /// What was recorded at that time or before.
    case time(Timestamp)
    /// After the last commit, even if its time is in the future because a clock was ahead.
    case now
}

extension When {
    /// The meaning of a date without a time of day.
    public enum DateBound: Sendable, Hashable {
        /// The last moment before it, for the state at its beginning.
        case before
        /// Its first moment, for the start of a range.
        case start
        /// Its last moment, for the end of a range or the state on that day.
        case end
    }

    /// Reads a point in time.
    ///
    /// | text | meaning |
    /// | --- | --- |
    /// | `17` | the event of that sequence |
    /// | `now` | ``now`` |
    /// | `2h`, `2h ago`, `-2h`, `1h30m`, `2 hours ago` | so long before now, in units from seconds to weeks |
    /// | `2026-11-24`, `today`, `yesterday` | a date |
    /// | `12:30`, `yesterday 12:30:15` | a time of day; today's if no day is given |
    /// | `2026-11-24T14:00:00+01:00` | RFC 3339, whose seconds and offset may be left out |
    ///
    /// Without an offset a time is local. A day is 24 hours long in an age.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - now: The time that ages and `today` are relative to.
    ///   - zone: The rules of the local time zone.
    ///   - bound: The meaning of a date without a time of day.
    /// - Throws: ``MomentlogError`` with `usage` for other texts, for dates and times that do not
    ///   exist, and for local times that are ambiguous.
    /// - Complexity: O(*n*) in the text.
    public init(
        _ text: String, now: Timestamp, zone: ZoneRules, dateBound bound: DateBound = .start
    ) throws(MomentlogError) {
        if text == "now" {
            self = .now
        } else if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let sequence = Int(text) else {
                throw Self.refusal(text, "the event number is too large")
            }
            self = .sequence(sequence)
        } else if let age = Age(text) {
            guard let time = age.before(now) else {
                throw Self.refusal(text, "it is out of range")
            }
            self = .time(time)
        } else {
            self = .time(try Self.time(text, now, zone, bound))
        }
    }

    private static func time(
        _ text: String, _ now: Timestamp, _ zone: ZoneRules, _ bound: DateBound
    ) throws(MomentlogError) -> Timestamp {
        guard let read = WrittenTime(text) else {
            throw MomentlogError(
                .usage, "invalid time '\(text)'",
                hint: "use an event number, a date, a time such as 12:30, yesterday, or an age"
                    + " such as 2h")
        }
        guard let wallClock = read.wallClock(today: zone.wallClock(at: now).startOfDay) else {
            throw refusal(text, "no such date or time of day exists")
        }
        if let offset = read.offset {
            return Timestamp(microseconds: wallClock.microseconds - offset * 1_000_000)
        }
        guard read.hasTimeOfDay else {
            let isEnd = bound == .end
            let start = zone.startOfDay(isEnd ? wallClock.advanced(bySeconds: 86_400) : wallClock)
            return bound == .start ? start : Timestamp(microseconds: start.microseconds - 1)
        }
        let times = zone.times(showing: wallClock)
        guard let time = times.first else {
            throw refusal(text, "the clocks were set forward and skipped that time")
        }
        guard times.count == 1 else {
            throw refusal(
                text, "the clocks were set back and showed it twice; add an offset such as +01:00")
        }
        return time
    }

    private static func refusal(_ text: String, _ reason: String) -> MomentlogError {
        MomentlogError(.usage, "invalid time '\(text)': \(reason)")
    }
}

extension When: CustomStringConvertible {
    /// The sequence, the time as RFC 3339 in UTC, or `now`.
    public var description: String {
        switch self {
        case .sequence(let sequence): String(sequence)
        case .time(let time): time.description
        case .now: "now"
        }
    }
}
