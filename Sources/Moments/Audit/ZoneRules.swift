/// The offset of local time from UTC, by time.
public struct ZoneRules: Sendable {
    private let offset: @Sendable (_ secondsSinceEpoch: Int64) -> Int64

    /// Creates rules from a function.
    ///
    /// - Parameter offset: Returns by how many seconds local time is ahead of UTC at a time, less
    ///   than a day in either direction: what it returns beyond that is clamped.
    public init(offset: @escaping @Sendable (_ secondsSinceEpoch: Int64) -> Int64) {
        self.offset = { min(max(offset($0), -86_399), 86_399) }
    }

    /// UTC itself.
    public static let utc = ZoneRules { _ in 0 }

    /// Returns by how many seconds local time is ahead of UTC at a time in seconds since 1970.
    func offset(at seconds: Int64) -> Int64 { offset(seconds) }

    /// Returns the wall-clock time of local clocks as if in UTC.
    func wallClock(at time: Timestamp) -> Timestamp {
        time.advanced(bySeconds: offset(time.flooredSeconds))
    }

    /// Returns the first moment of a local day, whose midnight clocks may skip or show twice.
    ///
    /// - Parameter midnight: Its midnight, as if in UTC.
    /// - Complexity: O(1).
    func startOfDay(_ midnight: Timestamp) -> Timestamp {
        if let time = times(showing: midnight).first { return time }
        // Clocks skipped midnight: the day began when they were set forward.
        var (before, after) = (
            midnight.flooredSeconds - 86_400, midnight.flooredSeconds + 86_400
        )
        let early = offset(before)
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if offset(middle) == early { before = middle } else { after = middle }
        }
        return Timestamp(seconds: after)
    }

    /// Returns the times at which local clocks show a wall-clock time: usually one, none where
    /// clocks were set forward over it, two where they were set back.
    func times(showing wallClock: Timestamp) -> [Timestamp] {
        // No zone is a day or more from UTC, and none changes twice in two days.
        let second = wallClock.microseconds / 1_000_000
        let offsets = Set([offset(second - 86_400), offset(second + 86_400)])
        return offsets.map { Timestamp(microseconds: wallClock.microseconds - $0 * 1_000_000) }
            .filter { time in
                self.wallClock(at: time) == wallClock
            }
            .sorted()
    }
}

extension Timestamp {
    /// Whole seconds since the epoch.
    fileprivate var flooredSeconds: Int64 {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Returns the time that many seconds later, clamped to the range of microseconds.
    func advanced(bySeconds seconds: Int64) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(seconds * 1_000_000)
        return Timestamp(microseconds: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    /// The first moment of its day in UTC.
    var startOfDay: Timestamp {
        let second = flooredSeconds % 86_400
        return Timestamp(seconds: flooredSeconds - (second < 0 ? second + 86_400 : second))
    }
}
