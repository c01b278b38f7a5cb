import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// What a log does for a caller who is alone: it is what it does for all, only sooner.
struct LoneAppendTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func opened(_ timeout: Duration = .seconds(5)) async throws -> SQLiteEventLog {
        try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: true, busyTimeout: timeout))
    }

    @Test("A single append continues after what another log of the same store appended")
    func others() async throws {
        let (log, other) = (try await opened(), try await opened())
        var receipt = try await log.append([.defining("vm1")], keeping: [])[0]
        for turn in 1...20 {
            receipt = try await (turn % 3 == 0 ? other : log).append(
                [.appending(Event.creating("c\(turn)"), after: receipt, named: "vm1")], keeping: []
            )[0]
            #expect(receipt.commit == turn + 1)
            #expect(receipt.sequences == 2 * turn...2 * turn + 1)
        }
        #expect(try await log.replay(receipt.domain).graph.count == 20)
        await log.close()
        await other.close()
        let verified = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await verified.verify(against: nil, progress: { _ in }).faults.isEmpty)
        await verified.close()
    }

    @Test("What was decided on another log's old settings or revision is refused, as by append")
    func refused() async throws {
        let (log, other) = (try await opened(), try await opened())
        let one = try await log.append([.defining("vm1")], keeping: [])[0]
        let commit = PendingCommit.appending(Event.creating("c1"), after: one, named: "vm1")
        _ = try await other.append(commit)
        try await expectRefusal(.revisionConflict) {
            try await log.append([commit], keeping: [])
        }
        var next = commit
        next.target = .domain(one.domain, revision: 3)
        next.entries = [PendingCommit.Entry(.checkpointDeleted("c1"), origin: .library)]
        for setter in [other, log] {
            next.settings = try await log.settings()
            _ = try await setter.append(
                .turning(.stripSecrets, to: !next.settings.stripsSecrets))
            try await expectRefusal(.revisionConflict) {
                try await log.append([next], keeping: [])
            }
        }
        next.settings = try await log.settings()
        let last = try await log.append([next], keeping: [])[0]
        #expect(last.revision == 4)
        // Settings that the log has changed itself, directly after its own commit.
        var another = PendingCommit.appending(Event.creating("c2"), after: last, named: "vm1")
        another.settings = next.settings
        _ = try await log.append(.turning(.stripSecrets, to: !next.settings.stripsSecrets))
        try await expectRefusal(.revisionConflict) {
            try await log.append([another], keeping: [])
        }
        await log.close()
        await other.close()
    }

    @Test("An end of the log that was altered in between is noticed")
    func altered() async throws {
        let log = try await opened()
        let one = try await log.append([.defining("vm1")], keeping: [])[0]
        let queue = try DatabaseQueue(path: folder.store)
        try await queue.write { database in
            for trigger in try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
            { try database.execute(sql: "DROP TRIGGER \(trigger)") }
            try database.execute(sql: "UPDATE log_commit SET nodes = zeroblob(32), size = 9")
        }
        try queue.close()
        try await expectRefusal(.corrupt) {
            try await log.append(
                [.appending(Event.creating("c1"), after: one, named: "vm1")], keeping: [])
        }
        await log.close()
    }

    @Test("It waits for a lease that others hold as append does, and is busy then")
    func busy() async throws {
        let log = try await opened(.milliseconds(20))
        let one = try await log.append([.defining("vm1")], keeping: [])[0]
        let commit = PendingCommit.appending(Event.creating("c1"), after: one, named: "vm1")
        let lease = try folder.lease()
        try lease.acquire()
        try await expectRefusal(.busy) { try await log.append([commit], keeping: []) }
        lease.release()
        #expect(try await log.append([commit], keeping: [])[0].revision == 3)
        await log.close()
    }

    @Test("Many that take themselves to be alone lose nothing")
    func many() async throws {
        // They wait for each other, on a slow machine for long.
        let log = try await opened(.seconds(3600))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let one = try await log.append([.defining("vm\(number)")], keeping: [])[0]
                    _ = try await log.append(
                        [.appending(Event.creating("c"), after: one, named: "vm\(number)")],
                        keeping: [])
                }
            }
            try await group.waitForAll()
        }
        #expect(try await log.events().map(\.sequence) == Array(1...120))
        await log.close()
    }
}
