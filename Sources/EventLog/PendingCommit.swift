public import Moments

/// The events of one command that are to be appended.
public struct PendingCommit: Sendable {
    /// The stream that the events belong to.
    public enum Target: Sendable, Hashable {
        /// The store itself: the events belong to no domain.
        case store
        /// A domain that the log does not know yet.
        case newDomain
        /// A domain that the log knows, at the revision on which the command was decided.
        case domain(DomainEntry.ID, revision: Int)
    }

    /// One event and its origin.
    public struct Entry: Sendable, Hashable {
        /// The event.
        public var event: Event
        /// How it was submitted.
        public var origin: Origin

        /// Creates an entry.
        public init(_ event: Event, origin: Origin) {
            self.event = event
            self.origin = origin
        }
    }

    /// The stream that the events belong to.
    public var target: Target

    /// The domain's name before the first event, for messages.
    public var domainName: String

    /// The events in their order; at least one.
    public var entries: [Entry]

    /// The definitions that the events name and that the log may not contain yet.
    public var definitions: [Definition]

    /// The settings under which the events were decided.
    public var settings: StoreSettings

    /// The present time by the clock. In the log it is no earlier than the event before.
    public var time: Timestamp

    /// Who requests the commit, and why.
    public var provenance: Provenance

    /// The process that appends it.
    public var recorder: Recorder

    /// The request that it carries out, with the known part of the answer; its revision, commit and
    /// sequences are ignored. Nil if nothing is to be stored.
    public var request: RequestRecord?

    /// The observations that the events follow from, to be stored with them; see
    /// ``EventLog/store(_:)``.
    public var observations: [DomainUUID: DomainObservation] = [:]

    /// Creates a commit.
    ///
    /// - Parameters:
    ///   - target: What it is about.
    ///   - domainName: The domain's name, for messages.
    ///   - entries: Its events.
    ///   - definitions: The definitions that its events name.
    ///   - settings: The settings that the caller has read.
    ///   - time: The time of the commit.
    ///   - provenance: Who requested it, and why.
    ///   - recorder: The process that appends it; nil for this one.
    ///   - request: The request that it carries out.
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

/// The position of a commit in the log.
public struct CommitReceipt: Sendable, Hashable {
    /// The domain that it belongs to.
    public let domain: DomainEntry.ID
    /// The commit's number.
    public let commit: Int
    /// The first and the last event's sequence.
    public let sequences: ClosedRange<Int>
    /// The domain's revision after it.
    public let revision: Int

    /// Creates a receipt.
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
    /// Returns the commit that changes settings: an event for each change, in the store's own
    /// stream.
    ///
    /// - Parameter old: The settings before the changes.
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
