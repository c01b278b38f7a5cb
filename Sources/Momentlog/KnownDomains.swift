import EventLog
import Moments
import SQLiteEventLog

/// A store's domains, by what is known of them: all domains, or those that were looked up.
///
/// A name with a known domain was looked up, so all its domains are known.
struct KnownDomains: Sendable {
    /// Whether all domains of the store are known.
    let isComplete: Bool
    private var askedNames: Set<Name> = []
    private var askedUUIDs: Set<DomainUUID> = []
    private var byUUID: [DomainUUID: DomainEntry] = [:]
    private var liveByName: [Name: DomainEntry] = [:]
    /// Those that never had a UUID, live or not.
    private var withoutUUID: [Name: [DomainEntry]] = [:]

    /// A name by its bytes: texts that Swift treats as equal may be different names.
    private struct Name: Hashable {
        private let bytes: [UInt8]

        init(_ text: String) { bytes = Array(text.utf8) }
    }

    /// Creates the list of all domains of a store.
    init(_ entries: [DomainEntry]) {
        isComplete = true
        for entry in entries { add(entry) }
    }

    /// Creates an empty list.
    init() { isComplete = false }

    /// The number of names and UUIDs that were looked up.
    var askedCount: Int { askedNames.count + askedUUIDs.count }

    /// Looks up the domains of names and UUIDs in a log, unless they were looked up before.
    ///
    /// - Complexity: O(log *n*) in the store's domains for each, if the log has an index.
    mutating func ask(
        _ log: any EventLog, names: [String?], uuids: [DomainUUID?]
    ) async throws(MomentlogError) {
        guard !isComplete else { return }
        var names = names.compactMap(\.self)
        for uuid in uuids {
            guard let uuid, byUUID[uuid] == nil, askedUUIDs.insert(uuid).inserted,
                let found = try await log.domain(uuid: uuid)
            else { continue }
            names.append(found.name)
            // An undefined domain is not found by its name among the live ones.
            add(found)
        }
        for name in names where askedNames.insert(Name(name)).inserted {
            for entry in try await log.domains(named: name) {
                guard entry.uuid.map({ byUUID[$0] == nil }) ?? true else { continue }
                add(entry)
            }
        }
    }

    private mutating func add(_ entry: DomainEntry) {
        if let uuid = entry.uuid { byUUID[uuid] = entry }
        if entry.isLive { liveByName[Name(entry.name)] = entry }
        if entry.uuid == nil { withoutUUID[Name(entry.name), default: []].append(entry) }
    }

    /// Adds a domain, or replaces its former state.
    ///
    /// - Complexity: O(1) expected, and linear in the domains that had its name without ever having
    ///   a UUID.
    mutating func update(_ entry: DomainEntry, before: DomainEntry?) {
        if let before {
            let name = Name(before.name)
            if liveByName[name]?.id == before.id { liveByName[name] = nil }
            withoutUUID[name]?.removeAll { $0.id == before.id }
        }
        add(entry)
    }

    /// Returns the domain of a UUID, live or not.
    func domain(uuid: DomainUUID?) -> DomainEntry? { uuid.flatMap { byUUID[$0] } }

    /// Returns the live domain of a name.
    func live(named name: String?) -> DomainEntry? { name.flatMap { liveByName[Name($0)] } }

    /// Returns the live domain of a UUID or a name.
    func live(_ reference: DomainReference) -> DomainEntry? {
        let byUUID = domain(uuid: reference.uuid)
        return byUUID.flatMap { $0.isLive ? $0 : nil } ?? live(named: reference.text)
    }

    /// Returns the last domain of a name that never had a UUID, live or not.
    func withoutUUID(named name: String) -> DomainEntry? {
        withoutUUID[Name(name)]?.max { $0.id < $1.id }
    }

    /// Returns the domain that documents belong to, live or not; nil for a new one.
    ///
    /// - Throws: ``MomentlogError``; see ``DocumentOwner/recorded(live:known:former:place:)``.
    func entry(
        of owner: DocumentOwner, at place: String
    ) throws(MomentlogError) -> DomainEntry? {
        try owner.recorded(
            live: live(named: owner.name), known: domain(uuid: owner.uuid),
            former: withoutUUID(named: owner.name), place: place)
    }

    /// Returns the domain of a definition, live or not; nil for a new one.
    ///
    /// It is that of the UUID; a domain that is known by its name alone gets the UUID. A definition
    /// without a UUID belongs to the domain that has the name, or had it last and never had a UUID.
    func defined(name: String, uuid: DomainUUID?) -> DomainEntry? {
        let live = live(named: name)
        guard let uuid else { return live ?? withoutUUID(named: name) }
        return domain(uuid: uuid) ?? live.flatMap { $0.uuid == nil ? $0 : nil }
    }
}

extension DomainEntry: RecordedDomain {}
