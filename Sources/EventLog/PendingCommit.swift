public import Moments

/// The events of one command on their way into the log.
public struct PendingCommit: Sendable {
    /// Whose events they are.
    public enum Target: Sendable, Hashable {
        /// The store itself: the events are of no domain.
        case store
        /// A domain of which the log knows nothing yet.
        case newDomain
        /// A domain that the log knows, at the revision that the command was
        /// decided on.
        case domain(DomainEntry.ID, revision: Int)
    }

    /// One event and the door by which it came.
    public struct Entry: Sendable, Hashable {
        /// What happened.
        public var event: Event
        /// By which door it came in.
        public var origin: Origin

        /// Puts an entry together.
        public init(_ event: Event, origin: Origin) {
            self.event = event
            self.origin = origin
        }
    }

    /// Whose events they are.
    public var target: Target

    /// The name that the domain bears before the first event, for messages.
    public var domainName: String

    /// The events in their order; at least one.
    public var entries: [Entry]

    /// The definitions that the events name and that the log may not hold yet.
    public var definitions: [Definition]

    /// The settings that the events were decided under.
    public var settings: StoreSettings

    /// When it happens, by the clock. In the log it is no earlier than what came before.
    public var time: Timestamp

    /// Who has it appended, and why.
    public var provenance: Provenance

    /// The process that appends it.
    public var recorder: Recorder

    /// The request that it carries out, with what of the answer is known before; its
    /// revision, commit and sequences are not looked at. Nil if nothing is to be kept.
    public var request: RequestRecord?

    /// The observations that the events follow from, to be stored with them; see
    /// ``EventLog/store(_:)``.
    public var observations: [DomainUUID: DomainObservation] = [:]

    /// Puts a commit together.
    ///
    /// - Parameter recorder: The process that appends it; nil for this one.
    public init(
        target: Target, domainName: String, entries: [Entry], definitions: [Definition] = [],
        settings: StoreSettings = StoreSettings(), time: Timestamp, provenance: Provenance,
        recorder: Recorder? = nil, request: RequestRecord? = nil
    ) {
        self.target = target
        self.domainName = domainName
        self.entries = entries
        self.definitions = definitions
        self.settings = settings
        self.time = time
        self.provenance = provenance
        self.recorder = recorder ?? .current
        self.request = request
    }
}

/// What a commit became in the log.
public struct CommitReceipt: Sendable, Hashable {
    /// The domain that it belongs to.
    public let domain: DomainEntry.ID
    /// The commit's number.
    public let commit: Int
    /// The first and the last event's sequence.
    public let sequences: ClosedRange<Int>
    /// The domain's revision after it.
    public let revision: Int

    /// Puts a receipt together.
    public init(
        domain: DomainEntry.ID, commit: Int, sequences: ClosedRange<Int>, revision: Int
    ) {
        self.domain = domain
        self.commit = commit
        self.sequences = sequences
        self.revision = revision
    }
}

extension PendingCommit {
    /// The commit that changes settings: an event for each change, in the store's own stream.
    ///
    /// - Parameter old: The settings that the changes begin with.
    package static func changing(
        _ old: StoreSettings, by changes: [SettingsChange], origin: Origin,
        provenance: Provenance
    ) -> PendingCommit {
        PendingCommit(
            target: .store, domainName: "",
            entries: changes.map { Entry(.settingsChanged($0), origin: origin) },
            settings: old, time: .now, provenance: provenance)
    }
}
