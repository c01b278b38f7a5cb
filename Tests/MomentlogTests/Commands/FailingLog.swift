@testable import Momentlog

/// A log that fails when it is told to.
final class FailingLog: EventLog, @unchecked Sendable {
    private let log: any EventLog

    // The tests set these between the calls, never during one.

    /// What appending fails with.
    var failure: MomentlogError?
    /// What appending fails with after it was done.
    var lateFailure: MomentlogError?
    /// What happens once, just before something is appended.
    var beforeAppend: (@Sendable () async throws -> Void)?
    /// What happens once, just after requests were looked for.
    var afterRequests: (@Sendable () async throws -> Void)?
    /// The domain that cannot be replayed.
    var unreadable: DomainEntry.ID?

    init(_ log: any EventLog) { self.log = log }

    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        if let before = beforeAppend {
            beforeAppend = nil
            do {
                try await before()
            } catch {
                throw MomentlogError(.storage, "what was to happen before failed: \(error)")
            }
        }
        if let failure { throw failure }
        let receipts = try await log.append(commits, keeping: requests)
        if let lateFailure { throw lateFailure }
        return receipts
    }

    func requests(_ names: [String]) async throws(MomentlogError) -> [RequestRecord] {
        let found = try await log.requests(names)
        if let after = afterRequests {
            afterRequests = nil
            do {
                try await after()
            } catch {
                throw MomentlogError(.storage, "what was to happen after failed: \(error)")
            }
        }
        return found
    }

    func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain {
        if domain == unreadable { throw MomentlogError(.corrupt, "it is damaged") }
        return try await log.replay(domain, onto: known)
    }

    func settings() async throws(MomentlogError) -> StoreSettings { try await log.settings() }
    func set(_ settings: StoreSettings) async throws(MomentlogError) {
        try await log.set(settings)
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
        against kept: StoreHead?, progress: @escaping @Sendable (Int) -> Void
    ) async throws(MomentlogError) -> Verification {
        try await log.verify(against: kept, progress: progress)
    }
    func size() async throws(MomentlogError) -> Int { try await log.size() }
    func domains() async throws(MomentlogError) -> [DomainEntry] { try await log.domains() }
    func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8] {
        try await log.definition(digest)
    }
    func read(
        _ query: EventQuery,
        _ body: @escaping @Sendable (LoggedLine) throws(MomentlogError) -> Bool
    ) async throws(MomentlogError) { try await log.read(query, body) }
    func statistics() async throws(MomentlogError) -> [Statistic] { try await log.statistics() }
    func close() async { await log.close() }
}
