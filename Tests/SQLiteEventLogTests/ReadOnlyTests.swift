import Foundation
import GRDB
import Logging
import Moments
import Synchronization
import TestSupport
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// A store that is opened for reading only: it stays as it is, and so does its folder.
struct ReadOnlyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Creates a store of two events that nobody has open.
    private func makeStore() async throws -> CommitReceipt {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let receipt = try await log.append(.defining("vm1"))
        _ = try await log.append(.turning(.stripSecrets, to: true))
        await log.close()
        return receipt
    }

    private func opened(
        _ path: String? = nil, remarks: Remarks = Remarks()
    ) async throws -> SQLiteEventLog {
        try await SQLiteEventLog.open(
            path: path ?? folder.store,
            options: .init(createsStore: true, access: .readOnly, logger: remarks.logger))
    }

    @Test("A store that nobody has open is read completely, and no file changes")
    func closed() async throws {
        _ = try await makeStore()
        let before = try folder.contents()
        let log = try await opened()
        #expect(try await log.events().count == 2)
        #expect(try await log.settings().stripsSecrets)
        #expect(try await log.domains().map(\.name) == ["vm1"])
        #expect(try await log.head().size == 2)
        #expect(try await log.verify(against: nil) { _ in }.isSound)
        #expect(try await !log.statistics().isEmpty)
        try await expectRefusal(.readOnly) { try await log.append(.defining("vm2")) }
        try await expectRefusal(.readOnly) { try await log.compact() }
        #expect(try folder.contents() == before)
        await log.close()
        #expect(try folder.contents() == before)
        #expect(try await SQLiteEventLog.check(path: folder.store).isSound)
        #expect(try folder.contents() == before)
    }

    @Test("No store is created, whatever is asked of it")
    func nothing() async throws {
        let log = try await opened()
        #expect(try await log.domains().isEmpty)
        try await expectRefusal(.readOnly) { try await log.append(.defining("vm1")) }
        try await log.ensureDurable(within: nil)
        await log.close()
        #expect(try folder.names() == [])
    }

    @Test("A store of an earlier schema is read, and stays as it is.", arguments: 1...9)
    func earlierSchema(version: Int) async throws {
        let stores = Fixtures.repository.appending(path: "Tests/Fixtures/stores")
        for suffix in ["", ".head"] {
            try FileManager.default.copyItem(
                at: stores.appending(path: "schema-\(version).db\(suffix)"),
                to: URL(fileURLWithPath: folder.store + suffix))
            try #require(chmod(folder.store + suffix, 0o600) == 0)
        }
        let before = try folder.contents()
        for access in [StoreAccess.readOnly, .audit, .read, .readWrite] {
            let log = try await SQLiteEventLog.open(
                path: folder.store, options: .init(createsStore: false, access: access))
            #expect(try await log.size() > 0)
            for domain in try await log.domains() { _ = try await log.replay(domain.id) }
            #expect(try await log.head().size == log.size())
            await log.close()
        }
        #expect(try await SQLiteEventLog.check(path: folder.store).isSound)
        #expect(try folder.contents() == before)
    }

    @Test("A store of a later schema is too new")
    func laterSchema() async throws {
        _ = try await makeStore()
        try tamper(folder.store, "PRAGMA user_version = 99")
        let before = try folder.contents()
        try await expectRefusal(.tooNew) { try await opened() }
        #expect(try folder.contents() == before)
    }

    @Test("What a killed process left in the WAL is read, and stays there")
    func leftovers() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let receipt = try await log.append(.defining("vm1"))
        _ = try await log.append(.appending(Event.creating("c1"), after: receipt, named: "vm1"))
        let left = folder.file("left.db")
        for suffix in ["", "-wal", ".head"] {
            try FileManager.default.copyItem(atPath: folder.store + suffix, toPath: left + suffix)
        }
        await log.close()
        let before = try folder.contents()
        let reading = try await opened(left)
        #expect(try await reading.size() == 3)
        await reading.close()
        let after = try folder.contents()
        for (name, bytes) in before { #expect(after[name] == bytes, "\(name)") }
    }

    @Test("What others append is seen, whether the store was open when it was opened or not")
    func others() async throws {
        let first = try await makeStore()
        let reading = try await opened()
        #expect(try await reading.size() == 2)
        var commit = PendingCommit.appending(Event.creating("c1"), after: first, named: "vm1")
        commit.settings.stripsSecrets = true
        var writing = try await SQLiteEventLog.opened(at: folder.store)
        let second = try await writing.append(commit)
        #expect(try await reading.size() == 4)
        // Those are in the database, and no WAL is there, once it is closed.
        await writing.close()
        #expect(try await reading.size() == 4)
        writing = try await SQLiteEventLog.opened(at: folder.store)
        commit = .appending(Event.creating("c2"), after: second, named: "vm1")
        commit.settings.stripsSecrets = true
        _ = try await writing.append(commit)
        let late = try await opened()
        #expect(try await late.size() == 6)
        #expect(try await reading.events().count == 6)
        await late.close()
        await writing.close()
        #expect(try await reading.events().count == 6)
        await reading.close()
    }

    @Test("A read of a store that changes meanwhile is repeated, and returns one state")
    func changed() async throws {
        _ = try await makeStore()
        let log = try await opened()
        let store = folder.store
        let runs = Mutex(0)
        let count = try await log.read { database in
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM event")
            let isFirst = runs.withLock { runs in
                runs += 1
                return runs == 1
            }
            if isFirst { try tamper(store, "ANALYZE") }
            return count
        }
        #expect(count == 2)
        #expect(runs.withLock { $0 } == 2)
        #expect(try await log.events().count == 2)
        await log.close()
    }

    @Test("A store that changes under each read is read as a copy in the end.")
    func changedEachTime() async throws {
        _ = try await makeStore()
        let log = try await opened()
        let store = folder.store
        let runs = Mutex(0)
        let count = try await log.read { database in
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM event")
            try tamper(store, "ANALYZE")
            runs.withLock { $0 += 1 }
            return count
        }
        #expect(count == 2)
        #expect(runs.withLock { $0 } == 2)
        #expect(try await log.events().count == 2)
        await log.close()
    }

    @Test("A store that is behind its head file is read with a warning, and stays behind it")
    func behindHead() async throws {
        _ = try await makeStore()
        let old = try bytes(of: folder.store)
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var commit = PendingCommit.defining("vm2")
        commit.settings.stripsSecrets = true
        _ = try await log.append(commit)
        await log.close()
        try old.write(to: URL(fileURLWithPath: folder.store))
        let before = try folder.contents()
        let remarks = Remarks()
        let reading = try await opened(remarks: remarks)
        #expect(try await reading.size() == 2)
        await reading.close()
        #expect(remarks.all.count { $0.level == .warning } == 1)
        #expect(remarks.contains("the store \(reading.files.database) holds 2 events, but"))
        let loss = try await SQLiteEventLog.loss(
            path: folder.store, options: .init(createsStore: false))
        #expect(loss?.lost.size == 3 && loss?.eventCount == 2)
        #expect(try folder.contents() == before)
        // There is nothing to read where the database is gone.
        try FileManager.default.removeItem(atPath: folder.store)
        try await expectRefusal(.behindHead) { try await opened() }
        #expect(
            try await SQLiteEventLog.loss(path: folder.store, options: .init(createsStore: false))?
                .eventCount == 0)
        #expect(try folder.names() == ["store.db.head"])
    }
}
