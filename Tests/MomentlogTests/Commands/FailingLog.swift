import EventLog
import Moments

@testable import Momentlog

/// A log that fails on request.
final class FailingLog: ForwardingLog, @unchecked Sendable {
    let log: any EventLog

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
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
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
        let receipts = try await log.append(commits, keeping: requests, within: limit)
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
}
