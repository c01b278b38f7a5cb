import EventLog
import MomentlogTesting
import Moments

/// An event log with a defect, which the contract suite has to find.
final class DefectiveLog: EventLog {
    /// What the log does otherwise than the contract says.
    enum Defect: String, CaseIterable {
        case miscounts, ignoresOrder, ignoresLimit, ignoresSequences, ignoresDomains
        case forgetsRequests, forgetsDefinitions, forgetsNames, forgetsUUIDs
        case acceptsForeignIdentifiers, acceptsAnyRevision, acceptsAnySettings, appendsOneByOne
        case correctsTimes, correctsActors, shortensReasons, correctsRequests, skipsMisfits
        case hashesOtherBytes, believesHeads, takesThePastForThePresent
        case letsOthersAppendInTurns, addsToPages, staysOpen, losesEvents, forgetsObservations
    }

    private let log: any EventLog
    private let defect: Defect

    init(_ defect: Defect, of log: any EventLog) {
        self.defect = defect
        self.log = log
    }

    func domains() async throws(MomentlogError) -> [DomainEntry] { try await log.domains() }

    func domains(named name: String) async throws(MomentlogError) -> [DomainEntry] {
        guard defect == .forgetsNames else { return try await log.domains(named: name) }
        return try await log.domains().filter { $0.isLive && $0.name == name }
    }

    func domain(uuid: DomainUUID) async throws(MomentlogError) -> DomainEntry? {
        let found = try await log.domain(uuid: uuid)
        return defect == .forgetsUUIDs && found?.isLive == false ? nil : found
    }

    func size() async throws(MomentlogError) -> Int {
        let size = try await log.size()
        return defect == .miscounts && size > 4 ? size - 1 : size
    }

    private func own(_ id: DomainEntry.ID) async throws(MomentlogError) -> DomainEntry.ID {
        guard defect == .acceptsForeignIdentifiers, let entry = try await log.domains().first
        else { return id }
        return DomainEntry.ID(number: id.number, store: entry.id.store)
    }

    func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain {
        try await log.replay(own(domain), onto: known)
    }

    func position(at when: When) async throws(MomentlogError) -> LogPosition {
        try await log.position(at: defect == .takesThePastForThePresent ? .now : when)
    }

    func domains(
        through sequence: Int, bearing name: String?
    ) async throws(MomentlogError) -> [DomainEntry] {
        try await log.domains(through: sequence, bearing: name)
    }

    func replay(
        _ domain: DomainEntry.ID, through sequence: Int
    ) async throws(MomentlogError) -> Domain? {
        try await log.replay(own(domain), through: sequence)
    }

    func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8] {
        let content = try await log.definition(digest)
        return defect == .forgetsDefinitions ? [] : content
    }

    func page(_ query: EventQuery) async throws(MomentlogError) -> EventPage {
        var altered = query
        switch defect {
        case .ignoresOrder: altered.isReversed = false
        case .ignoresLimit: altered.limit = nil
        case .ignoresSequences: altered.sequences = 1...Int.max
        case .ignoresDomains: altered.domain = nil
        case .addsToPages: altered.limit = min(query.limit ?? .max, 100)
        default: break
        }
        var page = try await log.page(altered)
        if defect == .addsToPages, page.lines.count == 100, let last = page.lines.last {
            let event = try last.event()
            page.next = query.following(
                query.domain == nil ? event.sequence : event.revision, count: 100)
        }
        if defect == .losesEvents, page.lines.count > 3 { page.lines.remove(at: 2) }
        return page
    }

    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        var altered: [PendingCommit] = []
        for commit in commits { altered.append(try await alter(commit)) }
        guard defect == .appendsOneByOne else {
            return try await log.append(altered, keeping: requests, within: limit)
        }
        var receipts: [CommitReceipt] = []
        for commit in altered {
            receipts += try await log.append([commit], keeping: [], within: limit)
        }
        _ = try await log.append([], keeping: requests, within: limit)
        return receipts
    }

    private func alter(_ commit: PendingCommit) async throws(MomentlogError) -> PendingCommit {
        var commit = commit
        switch defect {
        case .acceptsAnyRevision:
            guard case .domain(let id, revision: _) = commit.target else { break }
            commit.target = .domain(id, revision: try await log.replay(id).revision)
        case .acceptsForeignIdentifiers:
            guard case .domain(let id, revision: let revision) = commit.target else { break }
            commit.target = .domain(try await own(id), revision: revision)
        case .acceptsAnySettings: commit.settings = try await log.settings()
        case .correctsTimes:
            let last: Int64 = 253_402_300_799_999_999
            commit.time.microseconds = max(
                min(commit.time.microseconds, last), -62_167_219_200_000_000)
        case .correctsActors where commit.provenance.actor.isEmpty:
            commit.provenance.actor = "nobody"
        case .shortensReasons:
            commit.provenance.reason = commit.provenance.reason.map { String($0.prefix(1000)) }
        case .correctsRequests where commit.provenance.request == "":
            commit.provenance.request = nil
        case .skipsMisfits:
            commit.entries.removeAll { $0.event == .checkpointDeleted("no") }
            if commit.entries.isEmpty {
                commit.entries = [.init(.currentSet(nil), origin: .library)]
            }
        default: break
        }
        return commit
    }

    func beginTurn(within limit: Duration?) async throws(MomentlogError) -> (any AppendTurn)? {
        let turn = try await log.beginTurn(within: limit)
        guard defect == .letsOthersAppendInTurns else { return turn }
        turn?.end()
        return OpenTurn(log)
    }

    func requests(_ names: [String]) async throws(MomentlogError) -> [RequestRecord] {
        let found = try await log.requests(names)
        return defect == .forgetsRequests ? found.filter { $0.commit != nil } : found
    }

    func observation(of domain: DomainUUID) async throws(MomentlogError) -> DomainObservation? {
        try await log.observation(of: domain)
    }

    func observations() async throws(MomentlogError) -> [DomainUUID: DomainObservation] {
        try await log.observations()
    }

    func store(_ observations: [DomainUUID: DomainObservation]) async throws(MomentlogError) {
        guard defect != .forgetsObservations else { return }
        try await log.store(observations)
    }

    func settings() async throws(MomentlogError) -> StoreSettings { try await log.settings() }

    func head() async throws(MomentlogError) -> StoreHead {
        let head = try await log.head()
        guard defect == .hashesOtherBytes else { return head }
        return StoreHead(origin: head.origin, size: head.size, root: head.root.reversed())
    }

    func verify(
        against kept: StoreHead?, progress: @escaping @Sendable (WorkProgress) -> Void
    ) async throws(MomentlogError) -> Verification {
        try await log.verify(against: defect == .believesHeads ? nil : kept, progress: progress)
    }

    func close() async { if defect != .staysOpen { await log.close() } }
}

/// A turn that keeps nobody from appending.
private final class OpenTurn: AppendTurn {
    private let log: any EventLog

    init(_ log: any EventLog) { self.log = log }

    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await log.append(commits, keeping: requests, within: limit)
    }

    func end() {}
}
