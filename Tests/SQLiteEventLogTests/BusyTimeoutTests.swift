import GRDB
import Moments
import Testing

@testable import EventLog
@testable import MomentlogTesting
@testable import SQLiteEventLog

/// How long an append waits for other writers.
struct BusyTimeoutTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func time(_ body: () async throws -> Void) async throws -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        try await expectRefusal(.busy, body)
        return clock.now - start
    }

    @Test("A lock that another application holds on the database is waited for as long as asked")
    func foreignLock() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store, busyTimeout: .seconds(60))
        _ = try await log.append(.defining("vm1"))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let foreign = try DatabaseQueue(path: folder.store, configuration: configuration)
        try await foreign.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
        }
        let limit = Duration.milliseconds(300)
        let commit = PendingCommit.defining("vm2")
        for isAlone in [false, true] {
            let waited = try await time {
                _ =
                    isAlone
                    ? try await log.append([commit], keeping: [], within: limit)
                    : try await log.append([commit], keeping: [], within: limit)
            }
            #expect(waited >= limit)
            #expect(waited < .seconds(30))
        }
        let turn = try #require(try await log.beginTurn(within: nil))
        // Longer than the connection waits by itself.
        let longer = Duration.seconds(6)
        let waited = try await time {
            _ = try await turn.append([commit], keeping: [], within: longer)
        }
        #expect(waited >= longer)
        #expect(waited < .seconds(30))
        try await foreign.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        _ = try await turn.append([commit], keeping: [], within: limit)
        turn.end()
        await log.close()
    }

    @Test(
        "No wait that a caller states ends the process, however long or negative it is.",
        arguments: [
            Duration.seconds(3_000_000), .seconds(100_000_000_000), .seconds(Int64.max),
            .seconds(-1), .seconds(Int64.min), .zero, .nanoseconds(1),
        ])
    func extremeWaits(wait: Duration) async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store, busyTimeout: wait)
        _ = try await log.append(.defining("vm1"))
        _ = try await log.append([.defining("vm2")], keeping: [], within: wait)
        let turn = try await log.beginTurn(within: wait)
        turn?.end()
        try await log.ensureDurable(within: wait)
        let memory = MemoryEventLog()
        _ = try await memory.append([.defining("vm1")], keeping: [], within: wait)
        await log.close()
        let restoration = StoreRestoration(
            from: folder.store, to: folder.file("other.db"),
            acceptance: LossAcceptance(Provenance(actor: "t@h"), origin: .library),
            busyTimeout: wait)
        #expect(try await restoration.run().eventCount == 2)
    }

    @Test("The first append, which opens the connection, waits no longer than asked")
    func firstAppend() async throws {
        let first = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await first.append(.defining("vm1"))
        await first.close()
        let log = try await SQLiteEventLog.opened(at: folder.store, busyTimeout: .seconds(60))
        let holder = try folder.lease(.zero)
        try holder.acquire()
        let limit = Duration.milliseconds(300)
        let waited = try await time {
            _ = try await log.append([.defining("vm2")], keeping: [], within: limit)
        }
        #expect(waited >= limit)
        #expect(waited < .seconds(30))
        holder.release()
        await log.close()
    }

    @Test("A waiting caller is refused after its own limit, not that of the first one")
    func ownLimits() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store, busyTimeout: .seconds(60))
        _ = try await log.append(.defining("vm1"))
        let holder = try folder.lease(.zero)
        try holder.acquire()
        async let patient = log.append([.defining("vm2")], keeping: [], within: nil)
        let limit = Duration.milliseconds(300)
        let waited = try await time {
            _ = try await log.append([.defining("vm3")], keeping: [], within: limit)
        }
        #expect(waited >= limit)
        #expect(waited < .seconds(30))
        holder.release()
        #expect(try await patient.first?.commit == 2)
        await log.close()
    }
}
