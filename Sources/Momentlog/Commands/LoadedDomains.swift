import EventLog
import Moments
import SQLiteEventLog

/// A domain between commands.
struct LoadedDomain {
    /// The domain without the events that are pending.
    var domain: Domain

    /// Events that were decided and not applied yet: until then, the domain is still right if
    /// appending fails.
    private(set) var pending: [Event] = []

    /// Whether events were applied that are not appended yet.
    private(set) var isAhead = false

    /// Whether applying events failed half way, so that it cannot be used.
    fileprivate var isBroken = false

    /// The disks in a definition of the domain, and its digest.
    var disks: (definition: DefinitionDigest, disks: [DomainDisk])?

    /// The bytes of that definition.
    var definitionSize = 0

    /// A definition that is not in the log yet.
    private(set) var definition: Definition?

    /// The revision at which to check for a snapshot.
    fileprivate var snapshotRevision = SnapshotKeeper.minimumEventCount

    /// The state of ``LoadedDomains`` for which it is valid.
    fileprivate(set) var epoch = 0
    fileprivate var lastUse = 0

    init(_ domain: Domain) { self.domain = domain }

    mutating func add(_ events: [Event], of instruction: Instruction) {
        pending = events
        switch instruction.command {
        case .define(name: _, uuid: _, definition: let digest):
            guard let disks = instruction.disks else { return }
            self.disks = (digest, disks)
            definition = instruction.definitions.first
            definitionSize = definition?.content.count ?? 0
        case .record(let checkpoints, _):
            guard case .domainDefined(name: _, uuid: _, definition: let digest?)? = events.first,
                let defined = instruction.definitions.first(where: { $0.digest == digest }),
                let source = checkpoints.first(where: { $0.checkpoint.definition == digest })
            else { return }
            disks = (digest, source.domainDisks)
            definitionSize = defined.content.count
            definition = defined
        case .adopt(let adoption):
            // Nothing else is decided on a new domain before the log has its definition.
            guard domain.revision > 0,
                case .domainDefined(name: _, uuid: _, definition: let digest?)? = events.first,
                let defined = instruction.definitions.first(where: { $0.digest == digest }),
                let disks = adoption.disks[digest]
            else { return }
            self.disks = (digest, disks)
            definitionSize = defined.content.count
            definition = defined
        default: break
        }
    }

    /// - Throws: ``MomentlogError`` with `corrupt`, which no decided event causes.
    mutating func applyPending() throws(MomentlogError) {
        guard !pending.isEmpty else { return }
        isAhead = true
        let events = pending
        pending = []
        do {
            domain.beginCommit()
            for event in events { try domain.applyUnsettled(event) }
        } catch {
            isBroken = true
            throw MomentlogError(
                .corrupt, "domain '\(domain.name)' contradicts what was decided on it: \(error)",
                cause: error)
        }
        domain.resolveCycles()
    }

    /// Records that all events are in the log.
    fileprivate mutating func noteAppended() throws(MomentlogError) {
        try applyPending()
        isAhead = false
        definition = nil
    }

    /// Its approximate memory, in checkpoints.
    fileprivate var size: Int { domain.graph.count + 64 }
}

/// The domains that are kept between commands, and the list of all.
///
/// Their number is bounded by their checkpoints.
struct LoadedDomains {
    /// Domains of the log; nil if they have to be read again.
    private(set) var known: KnownDomains?

    private var loaded: [DomainEntry.ID: LoadedDomain] = [:]

    /// The sum of the sizes of all that are kept.
    private var size = 0

    /// The log's size when everything here was valid; nil if it is not known.
    private(set) var logSize: Int?

    /// Counts the times that others have appended.
    private var epoch = 0
    private var uses = 0
    private var touched: Set<DomainEntry.ID> = []

    /// Those that may be due for a snapshot.
    private var due: Set<DomainEntry.ID> = []

    /// The total number of checkpoints above which domains are released.
    private let maximumCheckpointCount: Int

    init(maximumCheckpointCount: Int = 500_000) {
        self.maximumCheckpointCount = maximumCheckpointCount
    }

    // MARK: Freshness

    /// Whether everything here was valid once, as far as is known: else it has to be read again.
    var isKnown: Bool { known != nil && logSize != nil }

    /// The number of names and UUIDs above which lookups are forgotten.
    private static let maximumLookupCount = 1 << 16

    /// Begins another round, after which everything kept is unchanged or updated.
    mutating func begin() {
        if known.map({ $0.askedCount > Self.maximumLookupCount }) == true { known = KnownDomains() }
        touched.removeAll(keepingCapacity: true)
        evict()
    }

    /// Sets the size of the log; if others have appended, everything is read again.
    mutating func note(logSize size: Int) {
        touched.removeAll(keepingCapacity: true)
        if size != logSize {
            epoch += 1
            known = nil
            logSize = size
        }
        evict()
    }

    /// Sets the known domains; others are looked up.
    mutating func note(_ domains: KnownDomains) { known = domains }

    /// Records that what was decided is in the log.
    mutating func noteAppended(_ receipts: [CommitReceipt]) {
        for id in touched {
            guard var domain = take(id) else { continue }
            do {
                try domain.noteAppended()
                if domain.domain.revision >= domain.snapshotRevision { due.insert(id) }
                keep(domain, id)
            } catch {
                // It is read again when it is needed.
                continue
            }
        }
        touched.removeAll(keepingCapacity: true)
        guard let first = receipts.first, let last = receipts.last else { return }
        let isNext = first.sequences.lowerBound - 1 == logSize
        logSize = isNext ? last.sequences.upperBound : nil
    }

    /// Records that what was decided is not in the log, or may not be.
    mutating func dropUnappended() {
        for id in touched {
            guard var domain = take(id), !domain.isAhead else { continue }
            domain.dropPending()
            keep(domain, id)
        }
        touched.removeAll(keepingCapacity: true)
        known = nil
        logSize = nil
    }

    // MARK: Domains

    /// Removes a domain, to be put back. It is valid up to ``LoadedDomain/epoch``.
    mutating func take(_ id: DomainEntry.ID) -> LoadedDomain? {
        guard let domain = loaded.removeValue(forKey: id) else { return nil }
        size -= domain.size
        return domain
    }

    private mutating func keep(_ domain: LoadedDomain, _ id: DomainEntry.ID) {
        size += domain.size
        if let before = loaded.updateValue(domain, forKey: id) { size -= before.size }
    }

    /// Whether any may be due for a snapshot.
    var hasDue: Bool { !due.isEmpty }

    /// Removes those that may be due for a snapshot, and returns their states; each once.
    mutating func takeDue() -> [(id: DomainEntry.ID, domain: Domain)] {
        defer { due.removeAll() }
        return due.compactMap { id in kept(id).map { (id, $0) } }
    }

    /// Records the revision of a domain's last snapshot.
    mutating func noteSnapshot(_ id: DomainEntry.ID, revision: Int) {
        guard let domain = loaded[id]?.domain else { return }
        loaded[id]?.snapshotRevision = SnapshotKeeper.nextRevision(after: revision, domain)
    }

    /// Returns the kept domain; nil if it is not kept, or if others may have changed it.
    func kept(_ id: DomainEntry.ID) -> Domain? {
        guard logSize != nil else { return nil }
        return loaded[id].flatMap { isStale($0) ? nil : $0.domain }
    }

    /// The number of kept domains.
    var keptCount: Int { loaded.count }

    /// Returns whether a domain that was removed may have changed since.
    func isStale(_ domain: LoadedDomain) -> Bool { domain.epoch != epoch }

    mutating func put(_ domain: LoadedDomain, _ id: DomainEntry.ID) {
        guard !domain.isBroken else { return }
        var domain = domain
        uses += 1
        domain.lastUse = uses
        domain.epoch = epoch
        if !domain.pending.isEmpty || domain.isAhead { touched.insert(id) }
        keep(domain, id)
    }

    /// Updates the list of all domains after events.
    mutating func updateList(
        _ id: DomainEntry.ID, from entry: DomainEntry?, by events: [Event]
    ) {
        var after = entry ?? DomainEntry(id: id, name: "", uuid: nil, isLive: false)
        for event in events {
            switch event {
            case .domainDefined(name: let name, uuid: let uuid, definition: _):
                after = DomainEntry(id: id, name: name, uuid: uuid, isLive: true)
            case .domainRenamed(to: let name):
                after = DomainEntry(
                    id: id, name: name, uuid: after.uuid, isLive: after.isLive)
            case .domainUndefined:
                after = DomainEntry(
                    id: id, name: after.name, uuid: after.uuid, isLive: false)
            case .checkpointCreated, .checkpointRedefined, .checkpointDeleted, .currentSet,
                .bitmapObserved, .findingAcknowledged, .settingsChanged, .lossAccepted:
                break
            }
        }
        // Names that Swift treats as equal may have other bytes.
        let isSame =
            entry.map {
                $0.name.hasSameBytes(as: after.name) && $0.uuid == after.uuid
                    && $0.isLive == after.isLive
            } ?? false
        if !isSame { known?.update(after, before: entry) }
    }

    private mutating func evict() {
        guard size > maximumCheckpointCount, loaded.count > 1 else { return }
        let byUse = loaded.mapValues(\.lastUse).sorted { $0.value < $1.value }
        for (id, _) in byUse.prefix(loaded.count / 2) { _ = take(id) }
    }
}

extension LoadedDomain {
    fileprivate mutating func dropPending() { pending = [] }
}
