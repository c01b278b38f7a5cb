import EventLog
import Moments

@testable import Momentlog

/// A log that hands on to another what it does not see to itself.
protocol ForwardingLog: EventLog {
    var log: any EventLog { get }
}

extension ForwardingLog {
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await log.append(commits, keeping: requests, within: limit)
    }
    func requests(_ names: [String]) async throws(MomentlogError) -> [RequestRecord] {
        try await log.requests(names)
    }
    func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain {
        try await log.replay(domain, onto: known)
    }
    func position(at when: When) async throws(MomentlogError) -> LogPosition {
        try await log.position(at: when)
    }
    func domains(
        through sequence: Int, bearing name: String?
    ) async throws(MomentlogError) -> [DomainEntry] {
        try await log.domains(through: sequence, bearing: name)
    }
    func replay(
        _ domain: DomainEntry.ID, through sequence: Int
    ) async throws(MomentlogError) -> Domain? {
        try await log.replay(domain, through: sequence)
    }
    func head() async throws(MomentlogError) -> StoreHead { try await log.head() }
    func verify(
        against kept: StoreHead?, progress: @escaping @Sendable (WorkProgress) -> Void
    ) async throws(MomentlogError) -> Verification {
        try await log.verify(against: kept, progress: progress)
    }
    func size() async throws(MomentlogError) -> Int { try await log.size() }
    func domains() async throws(MomentlogError) -> [DomainEntry] { try await log.domains() }
    func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8] {
        try await log.definition(digest)
    }
    func page(_ query: EventQuery) async throws(MomentlogError) -> EventPage {
        try await log.page(query)
    }
    func domains(named name: String) async throws(MomentlogError) -> [DomainEntry] {
        try await log.domains(named: name)
    }
    func domain(uuid: DomainUUID) async throws(MomentlogError) -> DomainEntry? {
        try await log.domain(uuid: uuid)
    }
    func observation(of domain: DomainUUID) async throws(MomentlogError) -> DomainObservation? {
        try await log.observation(of: domain)
    }
    func observations() async throws(MomentlogError) -> [DomainUUID: DomainObservation] {
        try await log.observations()
    }
    func store(_ observations: [DomainUUID: DomainObservation]) async throws(MomentlogError) {
        try await log.store(observations)
    }
    func settings() async throws(MomentlogError) -> StoreSettings { try await log.settings() }
    func close() async { await log.close() }
}
