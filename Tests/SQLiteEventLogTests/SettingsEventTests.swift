import Foundation
import GRDB
import Moments
import TestSupport
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Settings follow from the events that changed them, and the store check compares.
struct SettingsEventTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A store whose only setting is on after events 2, 4 and 5.
    private func makeStore() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        _ = try await log.append(.turning(.stripSecrets, to: true))
        var other = PendingCommit.defining("vm2")
        other.settings.stripsSecrets = true
        _ = try await log.append(other)
        _ = try await log.append([
            .turning(.stripSecrets, to: false), .turning(.stripSecrets, to: true),
        ])
        await log.close()
    }

    private func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.store)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func places() async throws -> [String] {
        let found = try await SQLiteEventLog.check(path: folder.store)
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let verified = try await log.verify(against: nil) { _ in }
        await log.close()
        #expect(verified.isSound == found.isSound)
        return found.faults.map(\.place.description)
    }

    @Test("Settings that the events lead to are no fault, before and after a backup")
    func sound() async throws {
        try await makeStore()
        #expect(try await places() == [])
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.settings().stripsSecrets)
        let events = try await log.events()
        #expect(
            events.map(\.event.kind) == [
                .domainDefined, .settingsChanged, .domainDefined, .settingsChanged,
                .settingsChanged,
            ])
        #expect(events.map(\.domain) == ["vm1", nil, "vm2", nil, nil])
        #expect(events.map(\.revision) == [1, 1, 1, 2, 3])
        _ = try await log.backup(to: folder.file("copy.db"))
        await log.close()
        let copy = try await SQLiteEventLog.opened(at: folder.file("copy.db"))
        #expect(try await copy.settings().stripsSecrets)
        await copy.close()
    }

    @Test("An initial setting that no event explains changes no answer, and is reported")
    func altered() async throws {
        try await makeStore()
        try change("UPDATE store SET initial_strips_secrets = 1")
        #expect(try await self.places() == ["store 1, column initial_strips_secrets"])
        let plain = try TemporaryFolder()
        let log = try await SQLiteEventLog.opened(at: plain.store)
        _ = try await log.append(.defining("vm1"))
        await log.close()
        try tamper(plain.store, "UPDATE store SET initial_strips_secrets = 1")
        let again = try await SQLiteEventLog.opened(at: plain.store)
        #expect(try await again.settings() == StoreSettings())
        await again.close()
    }

    @Test("A change whose event is altered or gone blames the event, not the setting")
    func alteredEvent() async throws {
        try await makeStore()
        try change(
            """
            DROP TRIGGER event_refuses_update;
            UPDATE event SET line = replace(line, '"new":true', '"new":false') WHERE sequence = 5;
            CREATE TRIGGER event_refuses_update BEFORE UPDATE ON event
            BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END
            """)
        #expect(try await places() == ["event 5, column line", "head file"])
    }

    @Test(
        "A store of an earlier schema keeps its setting, where its events begin", arguments: [0, 1])
    func migrated(value: Int) async throws {
        let stores = Fixtures.repository.appending(path: "Tests/Fixtures/stores")
        try FileManager.default.copyItem(
            at: stores.appending(path: "schema-6.db"), to: URL(fileURLWithPath: folder.store))
        try FileManager.default.copyItem(
            at: stores.appending(path: "schema-6.db.head"),
            to: URL(fileURLWithPath: folder.store + ".head"))
        try #require(chmod(folder.store, 0o600) == 0)
        try change("UPDATE store SET strips_secrets = \(value)")
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.settings().stripsSecrets == (value == 1))
        // Brought up to date by the first change.
        var commit = PendingCommit.defining("vm-new")
        commit.settings.stripsSecrets = value == 1
        _ = try await log.append(commit)
        await log.close()
        #expect(try await places() == [])
        let later = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await later.append(.turning(.stripSecrets, to: value == 0))
        await later.close()
        #expect(try await places() == [])
    }

    @Test("A store with events that earlier builds do not know has a schema that they refuse")
    func schema() async throws {
        try await makeStore()
        let queue = try DatabaseQueue(path: folder.store)
        let version = try await queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(version == 10)
        #expect(SchemaVersion.latest == 10)
        try queue.close()
    }
}
