/// By how much local time is ahead of UTC, and when.
public struct ZoneRules: Sendable {
    private let offset: @Sendable (_ secondsSinceEpoch: Int64) -> Int64

    /// Makes rules of what is known about them elsewhere.
    ///
    /// - Parameter offset: How many seconds local time is ahead of UTC at a time.
    public init(offset: @escaping @Sendable (_ secondsSinceEpoch: Int64) -> Int64) {
        self.offset = offset
    }

    /// UTC itself.
    public static let utc = ZoneRules { _ in 0 }

    /// By how many seconds local time is ahead of UTC at a time in seconds since 1970.
    func offset(at seconds: Int64) -> Int64 { offset(seconds) }

    /// What local clocks show at a time, as a clock in UTC would.
    func wallClock(at time: Timestamp) -> Timestamp {
        time.advanced(bySeconds: offset(time.flooredSeconds))
    }

    /// The first moment of a local day, of which clocks may not show the midnight or show it twice.
    ///
    /// - Parameter midnight: Its midnight, as a clock in UTC shows it.
    /// - Complexity: O(1).
    func startOfDay(_ midnight: Timestamp) -> Timestamp {
        if let time = times(showing: midnight).first { return time }
        // The clocks were set forward over it: the day began when they were.
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

    /// The times at which local clocks show what a clock in UTC shows at another: mostly
    /// one, none where clocks were set forward over it, two where they were set back.
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

    /// The time that many seconds later, held to those that microseconds can tell.
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
