/// What came of looking at all of a log.
public struct Verification: Sendable, Hashable {
    /// One thing that is not as momentlog wrote it.
    public struct Fault: Sendable, Hashable {
        /// What kind of fault it is.
        public let kind: Kind
        /// The first event that it is about; nil if it is about none.
        public let sequence: Int?
        /// What is wrong: one sentence without a full stop.
        public let message: String
    }

    /// The kinds of faults.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An event is not there.
        case missingEvent = "missing-event"
        /// An event's line, or what is kept beside it, was changed.
        case alteredEvent = "altered-event"
        /// What a commit says of itself or of the tree does not agree with its events.
        case alteredCommit = "altered-commit"
        /// A definition's bytes are not those of its digest.
        case alteredDefinition = "altered-definition"
        /// What is kept of domains or requests does not agree with the events.
        case alteredTable = "altered-table"
        /// The log is not the one that a head was taken of, or lost its end since.
        case headMismatch = "head-mismatch"
    }

    /// The head that the log has.
    public let head: StoreHead
    /// How many commits there are.
    public let commits: Int
    /// What is wrong, the first event first; at most ``mostFaults``.
    public let faults: [Fault]
    /// How many events were appended since the head that was kept; nil without one, and
    /// where the log did not grow from it.
    public let grown: Int?
    /// What else there is to say.
    public let remarks: [String]

    /// How many faults are told at most.
    public static let mostFaults = 100

    /// Whether nothing is wrong.
    public var isSound: Bool { faults.isEmpty }
}
