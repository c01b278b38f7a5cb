import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Damage that somebody did to the tables behind momentlog's back.
struct DamagedLogTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Makes a store of one domain with five events in three commits.
    private func makeStore() async throws -> CommitReceipt {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let checkpoint = Checkpoint(
            name: "c1", creationTime: 1, disks: [Disk(name: "vda")], definition: digest(of: [1]))
        var receipt = try await log.append(.defining("vm1", definition: [1]))
        receipt = try await log.append(
            .appending(
                [.checkpointCreated(checkpoint), .currentSet("c1")], after: receipt, named: "vm1"))
        receipt = try await log.append(
            .appending(Event.creating("c2", parent: "c1"), after: receipt, named: "vm1"))
        await log.close()
        return receipt
    }

    private static let withoutTriggers = """
        DROP TRIGGER event_refuses_update; DROP TRIGGER event_refuses_delete;
        DROP TRIGGER log_commit_refuses_update; DROP TRIGGER log_commit_refuses_delete;
        DROP TRIGGER definition_refuses_delete;
        """

    @Test(
        "Nothing is appended to a log whose end does not fit",
        arguments: [
            "DELETE FROM log_commit WHERE number = 3",
            "DELETE FROM log_commit",
            "DELETE FROM event WHERE sequence = 5",
            "DELETE FROM event",
            "UPDATE log_commit SET size = 4 WHERE number = 3",
            "UPDATE log_commit SET nodes = x'00' WHERE number = 3",
            "UPDATE log_commit SET nodes = x'' WHERE number = 3",
            "UPDATE log_commit SET number = 7 WHERE number = 3",
            "INSERT INTO event (sequence, domain, revision, kind, line) VALUES (6, 1, 6, 7, '{}')",
        ])
    func appendToADamagedEnd(sql: String) async throws {
        let last = try await makeStore()
        try tamper(folder.store, Self.withoutTriggers + sql)
        // Otherwise the head would report some of these first.
        try FileManager.default.removeItem(atPath: folder.store + ".head")
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let before = try await log.state()
        try await expectRefusal(.corrupt) {
            _ = try await log.append(.appending([.currentSet(nil)], after: last, named: "vm1"))
        }
        try await expectRefusal(.corrupt) { try await log.append(.defining("vm2")) }
        #expect(try await log.state() == before)
        await log.close()
    }

    @Test(
        "A domain whose events do not follow on each other is not replayed",
        arguments: [
            "DELETE FROM event WHERE revision = 1",
            "DELETE FROM event WHERE revision = 3",
            "UPDATE event SET revision = 9 WHERE revision = 5",
            "UPDATE event SET kind = 6 WHERE revision = 5",
            "UPDATE event SET kind = 99 WHERE revision = 5",
            "UPDATE event SET line = '' WHERE revision = 1",
            "UPDATE event SET line = replace(line, 'c2', 'c1') WHERE revision = 4",
            "UPDATE event SET line = replace(line, 'c2', 'c9') WHERE revision = 5",
            "UPDATE event SET line = replace(line, 'Id\":1,', 'Id\":2,') WHERE revision = 5",
            "UPDATE domain SET name = 'x'",
        ])
    func replayOfADamagedDomain(sql: String) async throws {
        let last = try await makeStore()
        try tamper(folder.store, Self.withoutTriggers + sql)
        let log = try await SQLiteEventLog.opened(at: folder.store)
        try await expectRefusal(.corrupt) { try await log.replay(last.domain) }
        await log.close()
    }

    @Test("An event of an unknown kind is too new for replay.")
    func unknownKind() async throws {
        let last = try await makeStore()
        try tamper(
            folder.store,
            Self.withoutTriggers
                + "UPDATE event SET line = replace(line, 'currentSet', 'later') WHERE revision = 5")
        try await expectRefusal(.tooNew) {
            let log = try await SQLiteEventLog.opened(at: folder.store)
            _ = try await log.replay(last.domain)
        }
    }

    @Test("Damage to one domain leaves the others readable")
    func otherDomains() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        let other = try await log.append(.defining("vm2"))
        await log.close()
        try tamper(
            folder.store, Self.withoutTriggers + "UPDATE event SET line = '' WHERE sequence = 1")
        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.replay(other.domain).name == "vm2")
        await again.close()
    }
}
