import EventLog
import Moments
import Synchronization

@testable import Momentlog

/// A log beside which another writer acts, before and after each call, as it is scheduled.
final class InterferingLog: ForwardingLog {
    /// A call, by its place among all.
    struct Call: Sendable {
        let name: String
        let number: Int
    }

    typealias Action = @Sendable (Call) async -> Void

    private struct State {
        var count = 0
        var counts: [String: Int] = [:]
        var before: Action?
        var after: Action?
    }

    let log: any EventLog
    private let state = Mutex(State())

    init(_ log: any EventLog) { self.log = log }

    var beforeCall: Action? {
        get { state.withLock { $0.before } }
        set { state.withLock { $0.before = newValue } }
    }

    var afterCall: Action? {
        get { state.withLock { $0.after } }
        set { state.withLock { $0.after = newValue } }
    }

    /// How many calls there were.
    var callCount: Int { state.withLock { $0.count } }

    /// How often a method was called.
    subscript(method: String) -> Int { state.withLock { $0.counts[method, default: 0] } }

    fileprivate func call<Value>(
        _ name: String, _ body: () async throws(MomentlogError) -> Value
    ) async throws(MomentlogError) -> Value {
        let (call, before) = state.withLock { state in
            state.count += 1
            state.counts[name, default: 0] += 1
            return (Call(name: name, number: state.count), state.before)
        }
        await before?(call)
        let result: Result<Value, MomentlogError>
        do throws(MomentlogError) { result = .success(try await body()) } catch {
            result = .failure(error)
        }
        await afterCall?(call)
        return try result.get()
    }

    var busyTimeout: Duration { log.busyTimeout }

    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await call("append") { () throws(MomentlogError) in
            try await log.append(commits, keeping: requests, within: limit)
        }
    }

    func beginTurn(
        within limit: Duration?
    ) async throws(MomentlogError) -> (any AppendTurn)? {
        try await call("beginTurn") { () throws(MomentlogError) in
            try await log.beginTurn(within: limit).map { InterferingTurn($0, self) }
        }
    }

    func requests(_ names: [String]) async throws(MomentlogError) -> [RequestRecord] {
        try await call("requests") { () throws(MomentlogError) in try await log.requests(names) }
    }

    func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain {
        try await call("replay") { () throws(MomentlogError) in
            try await log.replay(domain, onto: known)
        }
    }

    func size() async throws(MomentlogError) -> Int {
        try await call("size") { () throws(MomentlogError) in try await log.size() }
    }

    func domains() async throws(MomentlogError) -> [DomainEntry] {
        try await call("domains") { () throws(MomentlogError) in try await log.domains() }
    }

    func definition(_ digest: DefinitionDigest) async throws(MomentlogError) -> [UInt8] {
        try await call("definition") { () throws(MomentlogError) in
            try await log.definition(digest)
        }
    }

    func observation(of domain: DomainUUID) async throws(MomentlogError) -> DomainObservation? {
        try await call("observation") { () throws(MomentlogError) in
            try await log.observation(of: domain)
        }
    }

    func observations() async throws(MomentlogError) -> [DomainUUID: DomainObservation] {
        try await call("observations") { () throws(MomentlogError) in
            try await log.observations()
        }
    }

    func store(_ observations: [DomainUUID: DomainObservation]) async throws(MomentlogError) {
        try await call("store") { () throws(MomentlogError) in
            try await log.store(observations)
        }
    }

    func settings() async throws(MomentlogError) -> StoreSettings {
        try await call("settings") { () throws(MomentlogError) in try await log.settings() }
    }

    func ensureDurable(within limit: Duration?) async throws(MomentlogError) {
        try await call("ensureDurable") { () throws(MomentlogError) in
            try await log.ensureDurable(within: limit)
        }
    }
}

/// A turn within which the other writer acts as well.
private final class InterferingTurn: AppendTurn {
    private let turn: any AppendTurn
    private let log: InterferingLog

    init(_ turn: any AppendTurn, _ log: InterferingLog) {
        self.turn = turn
        self.log = log
    }

    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await log.call("append") { () throws(MomentlogError) in
            try await turn.append(commits, keeping: requests, within: limit)
        }
    }

    func end() { turn.end() }
}
