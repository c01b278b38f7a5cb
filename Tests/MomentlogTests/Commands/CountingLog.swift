import EventLog
import Moments
import Synchronization

@testable import Momentlog

/// A log that counts what it is asked for.
final class CountingLog: ForwardingLog {
    let log: any EventLog
    private let counts = Mutex<[String: Int]>([:])

    private let kept = Mutex<[Int]>([])
    private let isRefusing = Mutex(false)

    init(_ log: any EventLog) { self.log = log }

    /// The revisions of which snapshots were kept.
    var snapshots: [Int] { kept.withLock { $0 } }

    /// Whether keeping snapshots fails.
    var refusesSnapshots: Bool {
        get { isRefusing.withLock { $0 } }
        set { isRefusing.withLock { $0 = newValue } }
    }

    /// How often a method was called.
    subscript(method: String) -> Int { counts.withLock { $0[method, default: 0] } }

    private func count(_ method: String) { counts.withLock { $0[method, default: 0] += 1 } }

    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        count("append")
        return try await log.append(commits, keeping: requests, within: limit)
    }
    func requests(_ names: [String]) async throws(MomentlogError) -> [RequestRecord] {
        count("requests")
        return try await log.requests(names)
    }
    func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain {
        count("replay")
        return try await log.replay(domain, onto: known)
    }
    func size() async throws(MomentlogError) -> Int {
        count("size")
        return try await log.size()
    }
    func domains() async throws(MomentlogError) -> [DomainEntry] {
        count("domains")
        return try await log.domains()
    }
    func domains(named name: String) async throws(MomentlogError) -> [DomainEntry] {
        count("domains named")
        return try await log.domains(named: name)
    }
    func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8] {
        count("definition")
        return try await log.definition(digest)
    }
    func snapshotRevision(of domain: DomainEntry.ID) async throws(MomentlogError) -> Int {
        try await log.snapshotRevision(of: domain)
    }
    func keepSnapshot(
        of domain: Domain, _ id: DomainEntry.ID
    ) async throws(MomentlogError) {
        if refusesSnapshots { throw MomentlogError(.busy, "it is held") }
        try await log.keepSnapshot(of: domain, id)
        kept.withLock { $0.append(domain.revision) }
    }
}
