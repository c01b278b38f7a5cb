import EventLog
import Moments

/// A log that a case of the contract checks, with what cases append to it and ask of it.
struct LogUnderTest: Sendable {
    let log: any EventLog

    init(_ log: any EventLog) { self.log = log }

    // MARK: Appending

    /// 2026-11-23T19:40:10Z.
    static let time = Timestamp(microseconds: 1_795_462_810_000_000)

    /// A new domain's first commit.
    static func defining(
        _ name: String, uuid: DomainUUID? = nil, definition: [UInt8]? = nil
    ) -> PendingCommit {
        PendingCommit(
            target: .newDomain, domainName: name,
            entries: [
                PendingCommit.Entry(
                    .domainDefined(
                        name: name, uuid: uuid,
                        definition: definition.map { DefinitionDigest(of: $0) }),
                    origin: .commandLine)
            ],
            definitions: definition.map { [Definition($0)] } ?? [], time: time,
            provenance: Provenance(actor: "admin@host"))
    }

    /// Further events of a domain at a revision.
    static func appending(
        _ events: [Event], to domain: DomainEntry.ID, named name: String, revision: Int
    ) -> PendingCommit {
        PendingCommit(
            target: .domain(domain, revision: revision), domainName: name,
            entries: events.map { PendingCommit.Entry($0, origin: .library) }, time: time,
            provenance: Provenance(actor: "service", reason: "nightly"))
    }

    /// Further events of the domain that a commit defined or changed.
    static func appending(
        _ events: [Event], after receipt: CommitReceipt, named name: String
    ) -> PendingCommit {
        appending(events, to: receipt.domain, named: name, revision: receipt.revision)
    }

    /// Events of the store itself.
    static func ofStore(
        _ events: [Event], under settings: StoreSettings = StoreSettings()
    ) -> PendingCommit {
        PendingCommit(
            target: .store, domainName: "",
            entries: events.map { PendingCommit.Entry($0, origin: .library) },
            settings: settings, time: time, provenance: Provenance(actor: "admin@host"))
    }

    /// A setting that changes to a value from the other one.
    static func turningStripSecrets(_ new: Bool) -> PendingCommit {
        ofStore(
            [.settingsChanged(SettingsChange(.stripSecrets, from: !new, to: new))],
            under: StoreSettings(stripsSecrets: !new))
    }

    /// A checkpoint is made, and becomes current.
    static func creating(
        _ name: CheckpointName, parent: CheckpointName? = nil
    ) -> [Event] {
        [
            .checkpointCreated(Checkpoint(name: name, parent: parent, creationTime: 1_700_000_000)),
            .currentSet(name),
        ]
    }

    /// The UUID whose last digits are a number.
    static func uuid(_ number: Int) -> DomainUUID? {
        let digits = String(number)
        return DomainUUID(String(repeating: "0", count: 32 - digits.count) + digits)
    }

    // MARK: Asking

    /// The lines that a query finds, up to one.
    func lines(
        _ query: EventQuery = EventQuery(), upTo last: Int = .max
    ) async throws -> [String] {
        var texts: [String] = []
        try await log.read(query) { line in
            texts.append(line.text)
            return texts.count < last
        }
        return texts
    }

    /// All events of the log, decoded.
    func events() async throws -> [RecordedEvent] {
        try await lines().map { line in try EventLine.decode(line) }
    }

    /// All that can be asked of the log as it is.
    func state() async throws -> State {
        let domains = try await log.domains()
        var replayed: [DomainState] = []
        for domain in domains {
            let state = DomainState(try await log.replay(domain.id))
            try Expect.equal(
                domain,
                DomainEntry(
                    id: domain.id, name: state.name, uuid: state.uuid, isLive: state.isLive),
                "the entry of a domain")
            replayed.append(state)
        }
        return try await State(
            size: log.size(), lines: lines(), domains: domains, replayed: replayed,
            settings: log.settings(), head: log.head())
    }

    /// All that can be asked of a log.
    struct State: Equatable {
        var size: Int
        var lines: [String]
        var domains: [DomainEntry]
        var replayed: [DomainState]
        var settings: StoreSettings
        var head: StoreHead
    }

    /// All that can be asked of a domain.
    struct DomainState: Equatable {
        var name: String
        var uuid: DomainUUID?
        var definition: DefinitionDigest?
        var isLive: Bool
        var revision: Int
        var graph: MomentGraph

        init(_ domain: Domain) {
            name = domain.name
            uuid = domain.uuid
            definition = domain.definition
            isLive = domain.isLive
            revision = domain.revision
            graph = domain.graph
        }
    }

    /// Expects a commit to be refused, with a code, and without a trace.
    func expectRefusal(
        _ code: MomentlogError.Code, of commits: PendingCommit..., as what: String
    ) async throws {
        let before = try await state()
        try await Expect.refusal(code, what) { try await log.append(commits) }
        try await Expect.that(state() == before, "\(what) leaves nothing behind")
    }
}
