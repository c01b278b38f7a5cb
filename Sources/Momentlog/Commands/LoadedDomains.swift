import EventLog
import Moments
import SQLiteEventLog

/// A domain between commands.
struct LoadedDomain {
    /// The domain without the events that are pending.
    var domain: Domain

    /// What it has been decided to append, not applied yet: as long as it is not, the
    /// domain is still right if appending fails.
    private(set) var pending: [Event] = []

    /// Whether events were applied that are not appended yet.
    private(set) var isAhead = false

    /// Whether it stopped half way through what was decided, and cannot be used.
    fileprivate var isBroken = false

    /// The disks in a definition of the domain, and which one that is.
    var disks: (definition: DefinitionDigest, disks: [DomainDisk])?

    /// The bytes of that definition.
    var definitionSize = 0

    /// A definition that is not in the log yet.
    private(set) var definition: Definition?

    /// The revision at which to see to a snapshot.
    fileprivate var snapshotRevision = SnapshotKeeper.fewestEvents

    /// The state of ``LoadedDomains`` that it is true for.
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
            // Of a new domain nothing else is decided before the log has its definition.
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

    /// - Throws: ``MomentlogError`` with `corrupt`, which no decided event brings about.
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
        domain.settle()
    }

    /// Takes up that all events are in the log.
    fileprivate mutating func noteAppended() throws(MomentlogError) {
        try applyPending()
        isAhead = false
        definition = nil
    }

    /// About how much memory it takes, in checkpoints.
    fileprivate var size: Int { domain.graph.count + 64 }
}

/// The domains that are kept between commands, and the list of all.
///
/// How many are kept is bounded by their checkpoints.
struct LoadedDomains {
    /// Domains of the log; nil if they have to be read again.
    private(set) var known: KnownDomains?

    private var loaded: [DomainEntry.ID: LoadedDomain] = [:]

    /// The sum of the sizes of all that are kept.
    private var size = 0

    /// The log's size when all here was true; nil if it is not known to be.
    private(set) var logSize: Int?

    /// Counts the times that others have appended.
    private var epoch = 0
    private var uses = 0
    private var touched: Set<DomainEntry.ID> = []

    /// Those that may be due for a snapshot.
    private var due: Set<DomainEntry.ID> = []

    /// Above so many checkpoints in all, domains are let go.
    private let mostCheckpoints: Int

    init(mostCheckpoints: Int = 500_000) { self.mostCheckpoints = mostCheckpoints }

    // MARK: Freshness

    /// Whether all here was true once, as far as is known still: else it is to be read anew.
    var isKnown: Bool { known != nil && logSize != nil }

    /// Above so many names and UUIDs, what was asked for is forgotten.
    private static let mostAsked = 1 << 16

    /// Begins another round, after which what was kept is as it was or brought up to date.
    mutating func begin() {
        if known.map({ $0.askedCount > Self.mostAsked }) == true { known = KnownDomains() }
        touched.removeAll(keepingCapacity: true)
        evict()
    }

    /// Takes up how large the log is; if others have appended, all is to be read again.
    mutating func note(logSize size: Int) {
        touched.removeAll(keepingCapacity: true)
        if size != logSize {
            epoch += 1
            known = nil
            logSize = size
        }
        evict()
    }

    /// Takes up what domains there are; those that are not given are asked for.
    mutating func note(_ domains: KnownDomains) { known = domains }

    /// Takes up that what was decided is in the log.
    mutating func noteAppended(_ receipts: [CommitReceipt]) {
        for id in touched {
            guard var domain = take(id) else { continue }
            do {
                try domain.noteAppended()
                if domain.domain.revision >= domain.snapshotRevision { due.insert(id) }
                keep(domain, id)
            } catch {
                // It is read again when it is wanted.
                continue
            }
        }
        touched.removeAll(keepingCapacity: true)
        guard let first = receipts.first, let last = receipts.last else { return }
        let isNext = first.sequences.lowerBound - 1 == logSize
        logSize = isNext ? last.sequences.upperBound : nil
    }

    /// Takes up that what was decided is not in the log, or may not be.
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

    /// Takes a domain out, to be put back. It is true up to ``LoadedDomain/epoch``.
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

    /// Those that may be due for a snapshot, with their revisions' content; each is told once.
    mutating func takeDue() -> [(id: DomainEntry.ID, domain: Domain)] {
        defer { due.removeAll() }
        return due.compactMap { id in kept(id).map { (id, $0) } }
    }

    /// Takes up of which revision a domain's last snapshot is.
    mutating func noteSnapshot(_ id: DomainEntry.ID, revision: Int) {
        guard let domain = loaded[id]?.domain else { return }
        loaded[id]?.snapshotRevision = SnapshotKeeper.nextRevision(after: revision, domain)
    }

    /// The domain as it is kept; nil if it is not, or if others may have changed it.
    func kept(_ id: DomainEntry.ID) -> Domain? {
        guard logSize != nil else { return nil }
        return loaded[id].flatMap { isStale($0) ? nil : $0.domain }
    }

    /// How many domains are kept.
    var keptCount: Int { loaded.count }

    /// Whether a domain that was taken out may have changed since.
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

    /// Takes up what events make of a domain in the list of all.
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
        // Names that Swift takes for equal may have other bytes.
        let isSame =
            entry.map {
                $0.name.hasSameBytes(as: after.name) && $0.uuid == after.uuid
                    && $0.isLive == after.isLive
            } ?? false
        if !isSame { known?.update(after, before: entry) }
    }

    private mutating func evict() {
        guard size > mostCheckpoints, loaded.count > 1 else { return }
        let byUse = loaded.mapValues(\.lastUse).sorted { $0.value < $1.value }
        for (id, _) in byUse.prefix(loaded.count / 2) { _ = take(id) }
    }
}

extension LoadedDomain {
    fileprivate mutating func dropPending() { pending = [] }
}
