public import Moments

/// The result of verifying a log, or a whole store.
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

        /// Puts a fault together.
        public init(
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
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
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
        /// The store has events and no head file, or one that holds no head: whether the end
        /// of the log is lost cannot be told.
        case headMissing = "head-missing"
        /// The head file cannot be read, or holds more than a head.
        case damagedHead = "damaged-head"
        /// A table, an index or a trigger of momentlog is missing or was altered.
        case alteredSchema = "altered-schema"
        /// A table, an index or a trigger is not momentlog's.
        case unknownSchemaObject = "unknown-schema-object"
        /// A file that holds definitions, with the secrets in them, is readable by its group or
        /// by others.
        case readableByOthers = "readable-by-others"
        /// SQLite finds its own structure broken.
        case damagedDatabase = "damaged-database"
    }

    /// How much of a store is verified.
    public enum Depth: Sendable, Hashable {
        /// The log: its lines, and their hashes and definitions, without a replay.
        case log
        /// The log, and what follows from it when it is replayed: all tables and snapshots.
        case contents
        /// The contents, the tables themselves, and SQLite's own structure.
        case everything
    }

    /// How many events a kept head covers.
    public struct Coverage: Sendable, Hashable, Codable {
        /// The size of the log that the head recorded.
        public let size: Int
        /// How many events match the head: all that it recorded, or none.
        public let covered: Int
        /// How many events follow those of the head. They are consistent with themselves at
        /// most.
        public let later: Int

        /// The coverage of a head.
        public init(of head: StoreHead, matches: Bool, logSize: Int) {
            size = head.size
            covered = matches ? head.size : 0
            later = max(0, logSize - head.size)
        }
    }

    /// The head that the log has.
    public let head: StoreHead
    /// How many commits there are.
    public let commits: Int
    /// What is wrong, the first event first; at most ``mostFaults`` of each kind.
    public let faults: [Fault]
    /// How many faults there are, those that are not told included.
    public let faultCount: Int
    /// How many events the kept head covers; nil without one.
    public let coverage: Coverage?

    /// Puts a result together.
    public init(
        head: StoreHead, commits: Int, faults: [Fault], faultCount: Int, coverage: Coverage?
    ) {
        self.head = head
        self.commits = commits
        self.faults = faults
        self.faultCount = faultCount
        self.coverage = coverage
    }

    /// How many faults of a kind are told at most.
    public static let mostFaults = 100

    /// Whether nothing is wrong.
    public var isSound: Bool { faults.isEmpty }

    /// Whether a fault shows that the record is damaged, was altered, or is behind its head.
    public var isDamaged: Bool { faults.contains(where: \.isDamage) }
}

extension Verification.Fault {
    /// Whether it shows that the record is damaged, was altered, or is behind its head. The
    /// others concern what can be rebuilt, or what keeps a loss from being noticed.
    public var isDamage: Bool {
        switch kind {
        case .headMissing, .damagedHead, .unknownSchemaObject: false
        default: severity == .error
        }
    }
}

/// The coverage of a kept head.
public typealias HeadCoverage = Verification.Coverage
