/// A point in the log's past, as people name it: by a sequence or by a time.
public enum When: Sendable, Hashable {
    /// When the log ended with the event of that sequence; 0 is before the first.
    case sequence(Int)
    /// What was recorded at that time or before.
    case time(Timestamp)
    /// After the last commit, also if its time lies in the future because a clock was ahead.
    case now
}

extension When {
    /// What a date without a time of day means.
    public enum DateBound: Sendable, Hashable {
        /// The last moment before it, where what was so at its beginning is asked for.
        case before
        /// Its first moment, where something begins with it.
        case start
        /// Its last moment, where something ends with it or is shown as it was on it.
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
    ///   - text: What was written.
    ///   - now: The time that ages and `today` are relative to.
    ///   - zone: The rules of local time.
    ///   - bound: What a date without a time of day means.
    /// - Throws: ``MomentlogError`` with `usage` for other texts, for dates and times that do
    ///   not exist, and for local times that came twice.
    /// - Complexity: O(*n*) in the text.
    public init(
        _ text: String, now: Timestamp, zone: ZoneRules, dateBound bound: DateBound = .start
    ) throws(MomentlogError) {
        if text == "now" {
            self = .now
        } else if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let sequence = Int(text) else {
                throw Self.refusal(text, "no event number is that large")
            }
            self = .sequence(sequence)
        } else if let age = Age(text) {
            guard let time = age.before(now) else {
                throw Self.refusal(text, "that is before all times")
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
            throw refusal(text, "there is no such date or time of day")
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
            throw refusal(text, "the clocks were set forward over that time")
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
