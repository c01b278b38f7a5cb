import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: OtherProcess.lockCommand)))
struct LeaseAcrossProcessesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Makes the store, with a domain.
    private func makeStore() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm0"))
        await log.close()
    }

    @Test("A lease that another process holds is busy, and free once that was killed")
    func killedHolder() async throws {
        try await makeStore()
        let other = try OtherProcess(locking: folder.store)
        let lease = try folder.lease(.milliseconds(20))
        try await expectRefusal(.busy) { try lease.acquire() }
        other.kill()
        try lease.acquire(within: .seconds(60))
        lease.release()
    }

    @Test("An append waits for another process, is refused as busy, and changes nothing")
    func busyAppend() async throws {
        let log = try await SQLiteEventLog.opened(
            at: folder.store, busyTimeout: .milliseconds(20))
        let first = try await log.append(.defining("vm1"))
        let other = try OtherProcess(locking: folder.store)
        let before = try await log.state()
        let commit = PendingCommit.appending(Event.creating("c1"), after: first, named: "vm1")
        try await expectRefusal(.busy) { try await log.append(commit) }
        // Reading needs no lease.
        #expect(try await log.state() == before)
        #expect(try await log.replay(first.domain).revision == 1)
        other.kill()
        #expect(try await log.append(commit).sequences == 2...3)
        await log.close()
    }

    @Test("A log's first append is refused as busy, too, and may be repeated")
    func busyFirstAppend() async throws {
        try await makeStore()
        let log = try await SQLiteEventLog.opened(
            at: folder.store, busyTimeout: .milliseconds(20))
        let other = try OtherProcess(locking: folder.store)
        try await expectRefusal(.busy) { try await log.append(.defining("vm1")) }
        other.kill()
        #expect(try await log.append(.defining("vm1")).commit == 2)
        await log.close()
    }

    @Test("Making a store is busy while another process holds the lease of the empty file.")
    func busyCreation() async throws {
        try Data().write(to: URL(fileURLWithPath: folder.store))
        let other = try OtherProcess(locking: folder.store)
        try await expectRefusal(.busy) {
            let log = try await SQLiteEventLog.opened(
                at: folder.store, busyTimeout: .milliseconds(20))
            return try await log.append(.defining("vm1"))
        }
        other.kill()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.append(.defining("vm1")).commit == 1)
        await log.close()
    }

    @Test(
        "A process of an earlier version that locks the head file is waited for by writers alone.")
    func formerLease() async throws {
        try await makeStore()
        let log = try await SQLiteEventLog.opened(
            at: folder.store, busyTimeout: .milliseconds(20))
        for _ in 0..<2 {
            let other = try OtherProcess(locking: folder.store + ".head")
            try await expectRefusal(.busy) { try await log.append(.defining("vm1")) }
            #expect(try await log.size() > 0)
            other.kill()
            _ = try await log.append(.defining("vm\(try await log.size())"))
        }
        await log.close()
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }

    @Test("Momentlog's lease keeps other processes out")
    func otherProcessIsKeptOut() async throws {
        try await makeStore()
        let lease = try folder.lease()
        try lease.acquire()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: OtherProcess.lockCommand)
        process.arguments = ["--nonblock", "--conflict-exit-code", "75", folder.store, "true"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 75)
        lease.release()
    }
}
