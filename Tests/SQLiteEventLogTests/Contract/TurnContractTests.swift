import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// The turns to append that a log in a file gives, beside what the contract says of turns.
struct TurnTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Appends without waiting for anybody.
    private func appendNow(_ commit: PendingCommit, to log: any EventLog) async throws {
        _ = try await log.append([commit], keeping: [], within: .zero)
    }

    @Test("Another log of the same store waits for a turn as well")
    func otherLog() async throws {
        let (log, other) = (
            try await SQLiteEventLog.opened(at: folder.store),
            try await SQLiteEventLog.opened(at: folder.store)
        )
        _ = try await log.append(.defining("vm1"))
        _ = try await other.append(.defining("vm2"))
        let turn = try #require(try await log.beginTurn(within: nil))
        try await expectRefusal(.busy) { try await appendNow(.defining("vm3"), to: other) }
        #expect(
            try await turn.append([.defining("vm4")], keeping: [], within: nil).first?.commit == 3)
        turn.end()
        try await appendNow(.defining("vm3"), to: other)
        await log.close()
        await other.close()
    }

    @Test("Snapshots, settling and compacting wait for a turn, and do not keep it from its end")
    func otherChanges() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        let domain = try await log.replay(first.domain)
        let turn = try #require(try await log.beginTurn(within: nil))
        async let kept: Void = log.keepSnapshot(of: domain, first.domain)
        async let settled: Void = log.ensureDurable(within: nil)
        async let compacted = log.compact()
        let commit = PendingCommit.appending(Event.creating("c1"), after: first, named: "vm1")
        for step in 0..<3 {
            var commit = commit
            commit.entries = Event.creating("c\(step)").map { .init($0, origin: .library) }
            commit.target = .domain(first.domain, revision: 1 + 2 * step)
            _ = try await turn.append([commit], keeping: [], within: nil)
        }
        turn.end()
        try await kept
        try await settled
        _ = try await compacted
        #expect(try await log.snapshotRevision(of: first.domain) == 1)
        #expect(try await log.size() == 7)
        await log.close()
    }

    @Test("A log that is closed within a turn loses nothing")
    func closedWithin() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let turn = try #require(try await log.beginTurn(within: nil))
        _ = try await turn.append([.defining("vm1")], keeping: [], within: nil)
        await log.close()
        try await expectRefusal(.storage) {
            _ = try await turn.append([.defining("vm2")], keeping: [], within: nil)
        }
        turn.end()
        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.domains().map(\.name) == ["vm1"])
        try await appendNow(.defining("vm3"), to: again)
        await again.close()
    }
}
