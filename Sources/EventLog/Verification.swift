public import Moments

/// The result of verifying a log, or a whole store.
public struct Verification: Sendable, Hashable {
    /// One difference from what momentlog wrote.
    public struct Fault: Sendable, Hashable {
        /// The kind of fault.
        public let kind: Kind
        /// The first event that it is about; nil if there is none.
        public let sequence: Int?
        /// Its position.
        public let place: StorePlace
        /// The severity: a warning is about what can be rebuilt.
        public let severity: Finding.Severity
        /// What is wrong: one sentence without a full stop.
        public let message: String
        /// What fixes it; empty if no remedy is known.
        public let remedies: [Remedy]

        /// Creates a fault.
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
        /// An event is missing.
        case missingEvent = "missing-event"
        /// An event's line, or what is stored beside it, was changed.
        case alteredEvent = "altered-event"
        /// The size or the nodes of a commit do not match its events.
        case alteredCommit = "altered-commit"
        /// A definition's bytes do not match its digest, or it is missing.
        case alteredDefinition = "altered-definition"
        /// The tables of domains, disks or requests, or a snapshot, do not match the events.
        case alteredTable = "altered-table"
        /// The log is not the one that a head was taken of, or has lost its end since.
        case headMismatch = "head-mismatch"
        /// The store has events and no valid head file: the loss of the log's end would not be
        /// noticed.
        case headMissing = "head-missing"
        /// The head file cannot be read, or contains more than a head.
        case damagedHead = "damaged-head"
        /// A table, an index or a trigger of momentlog is missing or was altered.
        case alteredSchema = "altered-schema"
        /// A table, an index or a trigger is not momentlog's.
        case unknownSchemaObject = "unknown-schema-object"
        /// A file that holds definitions, with the secrets in them, is readable by its group or
        /// by others.
        case readableByOthers = "readable-by-others"
        /// SQLite's own structure is broken.
        case damagedDatabase = "damaged-database"
    }

    /// The extent of a verification.
    public enum Depth: Sendable, Hashable {
        /// The log: its lines, their hashes and definitions, without a replay.
        case log
        /// The log, and everything derived from it by a replay: all tables and snapshots.
        case contents
        /// The contents, the tables themselves, and SQLite's own structure.
        case everything
    }

    /// The number of events that a kept head covers.
    public struct Coverage: Sendable, Hashable, Codable {
        /// The size of the log that the head recorded.
        public let size: Int
        /// The number of events that match the head: all that it recorded, or none.
        public let covered: Int
        /// The number of events after those of the head. At most, they are consistent with
        /// themselves.
        public let later: Int

        /// Creates the coverage of a head.
        public init(of head: StoreHead, matches: Bool, logSize: Int) {
            size = head.size
            covered = matches ? head.size : 0
            later = max(0, max(0, logSize) - max(0, head.size))
        }
    }

    /// The head of the log.
    public let head: StoreHead
    /// The number of commits.
    public let commits: Int
    /// The faults by event; at most ``maximumFaultCount`` of each kind.
    public let faults: [Fault]
    /// The number of faults, including those that are not listed.
    public let faultCount: Int
    /// The number of events that the kept head covers; nil without one.
    public let coverage: Coverage?

    /// Creates a result.
    public init(
        head: StoreHead, commits: Int, faults: [Fault], faultCount: Int, coverage: Coverage?
    ) {
        self.head = head
        self.commits = commits
        self.faults = faults
        self.faultCount = faultCount
        self.coverage = coverage
    }

    /// The maximum number of listed faults of a kind.
    public static let maximumFaultCount = 100

    /// Whether no fault was found.
    public var isSound: Bool { faults.isEmpty }

    /// Whether a fault shows that the record is damaged, was altered, or is behind its head.
    public var isDamaged: Bool { faults.contains(where: \.isDamage) }
}

extension Verification.Fault {
    /// Whether it shows that the record is damaged, was altered, or is behind its head. Other
    /// faults are about what can be rebuilt, or what would hide a loss.
    public var isDamage: Bool {
        switch kind {
        case .headMissing, .damagedHead, .unknownSchemaObject: false
        default: severity == .error
        }
    }
}

/// The coverage of a kept head.
public typealias HeadCoverage = Verification.Coverage
