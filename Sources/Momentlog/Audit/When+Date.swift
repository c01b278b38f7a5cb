import EventLog
public import Foundation
public import Moments

extension Timestamp {
    /// The time of a date, in whole microseconds; the nearest one for a date that has none.
    public init(_ date: Date) {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        self.init(microseconds: Int64(exactly: microseconds) ?? (microseconds < 0 ? .min : .max))
    }

    /// The date of the time.
    public var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}

extension ZoneRules {
    /// The rules of a time zone.
    public init(_ zone: TimeZone) {
        self.init { seconds in
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
        }
    }

    /// The rules of the time zone that the process is in.
    public static var current: ZoneRules { ZoneRules(.current) }
}

extension When {
    /// What was recorded at a date or before.
    public static func date(_ date: Date) -> When { .time(Timestamp(date)) }

    /// Reads a point in time, such as `yesterday`, `2h ago` or `2026-11-24 12:30`, relative to the
    /// present local time.
    ///
    /// - Parameters:
    ///   - text: The text; see ``init(_:now:zone:dateBound:)``.
    ///   - zone: The local time zone.
    ///   - bound: The meaning of a date without a time of day.
    /// - Throws: ``MomentlogError`` with `usage` for other texts, for dates and times that do
    ///   not exist, and for local times that are ambiguous.
    /// - Complexity: O(*n*) in the text.
    public init(
        _ text: String, in zone: TimeZone = .current, dateBound bound: DateBound = .start
    ) throws(MomentlogError) {
        try self.init(text, now: .now, zone: ZoneRules(zone), dateBound: bound)
    }
}
