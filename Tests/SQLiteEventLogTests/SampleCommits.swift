import Crypto
import Moments

@testable import EventLog
@testable import SQLiteEventLog

/// 2026-11-23T19:40:10Z.
let sampleTime = Timestamp(microseconds: 1_795_462_810_000_000)

extension PendingCommit {
    /// A new domain's first commit.
    static func defining(
        _ name: String, uuid: DomainUUID? = nil, definition: [UInt8]? = nil
    ) -> PendingCommit {
        let event = Event.domainDefined(
            name: name, uuid: uuid, definition: definition.flatMap { digest(of: $0) })
        return PendingCommit(
            target: .newDomain, domainName: name, entries: [Entry(event, origin: .commandLine)],
            definitions: definition.map { [Definition($0)] } ?? [], time: sampleTime,
            provenance: Provenance(actor: "admin@host"))
    }

    /// Further events of a domain.
    static func appending(
        _ events: [Event], to domain: DomainEntry.ID, named name: String, revision: Int,
        definitions: [Definition] = []
    ) -> PendingCommit {
        PendingCommit(
            target: .domain(domain, revision: revision), domainName: name,
            entries: events.map { Entry($0, origin: .library) }, definitions: definitions,
            time: sampleTime, provenance: Provenance(actor: "service", reason: "nightly"))
    }

    /// Further events of the domain that a commit made or changed.
    static func appending(
        _ events: [Event], after receipt: CommitReceipt, named name: String,
        definitions: [Definition] = []
    ) -> PendingCommit {
        appending(
            events, to: receipt.domain, named: name, revision: receipt.revision,
            definitions: definitions)
    }
}

extension PendingCommit {
    /// A setting that is turned on or off, from the other value.
    static func turning(_ setting: SettingsChange.Setting, to new: Bool) -> PendingCommit {
        var old = StoreSettings()
        old[setting] = !new
        return changing(
            old, by: [SettingsChange(setting, from: !new, to: new)], origin: .library,
            provenance: Provenance(actor: "admin@host", reason: "policy"))
    }
}

extension Event {
    /// A checkpoint was made, and became current.
    static func creating(_ name: CheckpointName, parent: CheckpointName? = nil) -> [Event] {
        [
            .checkpointCreated(Checkpoint(name: name, parent: parent, creationTime: 1_700_000_000)),
            .currentSet(name),
        ]
    }
}

/// The digest by which an event names a definition.
func digest(of content: [UInt8]) -> DefinitionDigest? {
    DefinitionDigest(bytes: Array(SHA256.hash(data: content)))
}

/// The UUID whose last digits are a number.
func sampleUUID(_ number: Int) -> DomainUUID? {
    let digits = String(number)
    return DomainUUID(String(repeating: "0", count: 32 - digits.count) + digits)
}
