public import Moments

/// A position between two commits of the log.
public struct LogPosition: Sendable, Hashable {
    /// The last event before it; 0 if there is none.
    public let sequence: Int
    /// The last commit before it; 0 if there is none.
    public let commit: Int
    /// The time of that commit; nil if there is none.
    public let time: Timestamp?

    /// The position before the first commit.
    public static let start = LogPosition(sequence: 0, commit: 0, time: nil)

    /// Creates a position.
    public init(sequence: Int, commit: Int, time: Timestamp?) {
        self.sequence = sequence
        self.commit = commit
        self.time = time
    }
}
