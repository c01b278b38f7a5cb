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

    /// The times at which local clocks show what a clock in UTC shows at another: mostly
    /// one, none where clocks were set forward over it, two where they were set back.
    func times(showing wallClock: Timestamp) -> [Timestamp] {
        // No zone is a day or more from UTC, and none changes twice in two days.
        let second = wallClock.microseconds / 1_000_000
        let offsets = Set([offset(second - 86_400), offset(second + 86_400)])
        return offsets.map { Timestamp(microseconds: wallClock.microseconds - $0 * 1_000_000) }
            .filter { time in
                let seconds = (Double(time.microseconds) / 1_000_000).rounded(.down)
                return time.microseconds + offset(Int64(seconds)) * 1_000_000
                    == wallClock.microseconds
            }
            .sorted()
    }
}
