import EventStorage
import Moments

/// The domains of a store, to be found by what is known of them.
struct KnownDomains: Sendable {
    private var byUUID: [DomainUUID: DomainEntry] = [:]
    private var liveByName: [String: DomainEntry] = [:]
    private var pastByName: [String: DomainEntry] = [:]

    init(_ entries: [DomainEntry]) {
        for entry in entries {
            if let uuid = entry.uuid { byUUID[uuid] = entry }
            if entry.isLive { liveByName[entry.name] = entry }
            if entry.uuid == nil { pastByName[entry.name] = entry }
        }
    }

    /// The domain of a UUID, live or not.
    func domain(uuid: DomainUUID?) -> DomainEntry? { uuid.flatMap { byUUID[$0] } }

    /// The live domain of a name.
    func live(named name: String?) -> DomainEntry? { name.flatMap { liveByName[$0] } }

    /// The last domain of a name that never had a UUID, live or not.
    func withoutUUID(named name: String) -> DomainEntry? { pastByName[name] }
}
