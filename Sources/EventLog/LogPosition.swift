public import Moments

/// A place between two commits of the log.
public struct LogPosition: Sendable, Hashable {
    /// The last event before it; 0 where there is none.
    public let sequence: Int
    /// The last commit before it; 0 where there is none.
    public let commit: Int
    /// When that commit was appended; nil where there is none.
    public let time: Timestamp?

    /// The place before the first commit.
    public static let start = LogPosition(sequence: 0, commit: 0, time: nil)

    /// Puts a position together.
    public init(sequence: Int, commit: Int, time: Timestamp?) {
        self.sequence = sequence
        self.commit = commit
        self.time = time
    }
}
