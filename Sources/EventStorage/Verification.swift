public import Moments

/// What came of looking at all of a log, or of a store.
public struct Verification: Sendable, Hashable {
    /// One thing that is not as momentlog wrote it.
    public struct Fault: Sendable, Hashable {
        /// What kind of fault it is.
        public let kind: Kind
        /// The first event that it is about; nil if it is about none.
        public let sequence: Int?
        /// Where it is.
        public let place: StorePlace
        /// How grave it is: a warning is about what can be made anew.
        public let severity: Finding.Severity
        /// What is wrong: one sentence without a full stop.
        public let message: String
        /// What fixes it; empty if nothing is known that would.
        public let remedies: [Remedy]

        init(
            _ kind: Kind, _ place: StorePlace, sequence: Int? = nil,
            severity: Finding.Severity = .error, _ message: String,
            remedies: [Remedy] = [Remedy(.restore, precondition: "a copy of the store is kept")]
        ) {
            self.kind = kind
            self.sequence = sequence
            self.place = place
            self.severity = severity
            self.message = message
            self.remedies = remedies
        }
    }

    /// The kinds of faults.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An event is not there.
        case missingEvent = "missing-event"
        /// An event's line, or what is kept beside it, was changed.
        case alteredEvent = "altered-event"
        /// What a commit says of itself or of the tree does not agree with its events.
        case alteredCommit = "altered-commit"
        /// A definition's bytes are not those of its digest, or it is not there.
        case alteredDefinition = "altered-definition"
        /// What is kept of domains, disks or requests, or a snapshot, does not agree with the
        /// events.
        case alteredTable = "altered-table"
        /// The log is not the one that a head was taken of, or lost its end since.
        case headMismatch = "head-mismatch"
        /// The head file holds no head.
        case damagedHead = "damaged-head"
        /// Tables, indexes or triggers are not those that momentlog made.
        case alteredSchema = "altered-schema"
        /// SQLite finds its own structure broken.
        case damagedDatabase = "damaged-database"
    }

    /// The head that the log has.
    public let head: StoreHead
    /// How many commits there are.
    public let commits: Int
    /// What is wrong, the first event first; at most ``mostFaults`` of each kind.
    public let faults: [Fault]
    /// How many faults there are, those that are not told included.
    public let faultCount: Int
    /// How many events were appended since the head that was kept; nil without one, and
    /// where the log did not grow from it.
    public let grown: Int?
    /// What else there is to say.
    public let remarks: [String]

    /// How many faults of a kind are told at most.
    public static let mostFaults = 100

    /// Whether nothing is wrong.
    public var isSound: Bool { faults.isEmpty }
}
