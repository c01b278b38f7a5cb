import Foundation
import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct OpeningTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(createsStore: Bool) async throws {
        let log = try await SQLiteEventLog.open(
            path: folder.store, options: SQLiteEventLog.Options(createsStore: createsStore))
        await log.close()
    }

    /// The bytes of all files. Those that SQLite works with while a file is read do not
    /// count, as long as nothing was written.
    private func contents() throws -> [String: Data] {
        #expect(size(of: folder.store + "-wal") == 0)
        return try folder.contents().filter { name, _ in
            name != "store.db-wal" && name != "store.db-shm"
        }
    }

    /// Expects that opening is refused, and that no byte is changed by it.
    private func expectRefused(
        _ code: MomentlogError.Code, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try contents()
        for createsStore in [false, true] {
            try await expectRefusal(code, sourceLocation: sourceLocation) {
                try await open(createsStore: createsStore)
            }
        }
        #expect(try contents() == before, sourceLocation: sourceLocation)
    }

    @Test("A missing store is created only on request")
    func missingFile() async throws {
        try await expectRefusal(.storage) { try await open(createsStore: false) }
        #expect(try folder.names().isEmpty)
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        await log.close()
        try await open(createsStore: false)
    }

    @Test("A folder that cannot hold a store is refused")
    func impossibleFolder() async throws {
        try Data().write(to: URL(fileURLWithPath: folder.file("file")))
        try await expectRefusal(.storage) {
            let log = try await SQLiteEventLog.opened(at: folder.file("file/store.db"))
            return try await log.append(.defining("vm1"))
        }
        #expect(try folder.names() == ["file"])
    }

    @Test(
        "Another kind of file is refused", arguments: [1, 2, 20, 99, 100, 511, 512, 4096, 10_000])
    func textFile(length: Int) async throws {
        let text = String(repeating: "not a store\n", count: length / 12 + 1).prefix(length)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.store))
        try await expectRefused(.storage)
    }

    @Test("A store behind a link is the store that it points to, with its head and lease")
    func symbolicLink() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        let link = folder.file("link.db")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: folder.store)
        let other = try await SQLiteEventLog.opened(at: link)
        _ = try await other.append(.defining("vm2"))
        #expect(other.reader.file?.identity == log.reader.file?.identity)
        await other.close()
        await log.close()
        #expect(try folder.names() == ["link.db", "store.db", "store.db.head"])
    }

    @Test("A dangling link is refused, and its target is not created")
    func danglingLink() async throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.store, withDestinationPath: folder.file("elsewhere.db"))
        for createsStore in [false, true] {
            try await expectRefusal(.storage) { try await open(createsStore: createsStore) }
        }
        #expect(try folder.names() == ["store.db"])
    }

    @Test("A store with two names is read with a warning, and not changed.")
    func hardLink() async throws {
        var log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        await log.close()
        try FileManager.default.linkItem(atPath: folder.store, toPath: folder.file("second.db"))
        let before = try folder.contents()
        let remarks = Remarks()
        log = try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: false, logger: remarks.logger))
        #expect(try await log.lines().count == 1)
        try await expectRefusal(.storage) { try await log.append(.defining("vm2")) }
        await log.close()
        #expect(
            remarks[
                "the database has several names (hard links): commits under another name that are still in its -wal are not seen, and the store cannot be changed",
                "names"] == ["2"])
        #expect(try folder.contents() == before)
    }

    @Test("A store that gets a second name while it is open is not changed until that is gone.")
    func hardLinkWhileOpen() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        try FileManager.default.linkItem(atPath: folder.store, toPath: folder.file("second.db"))
        try await expectRefusal(.storage) { try await log.append(.defining("vm2")) }
        #expect(try await log.lines().count == 1)
        try FileManager.default.removeItem(atPath: folder.file("second.db"))
        _ = try await log.append(.defining("vm2"))
        #expect(try await log.lines().count == 2)
        await log.close()
    }

    @Test("A folder is refused")
    func folderInItsPlace() async throws {
        try FileManager.default.createDirectory(
            atPath: folder.store, withIntermediateDirectories: false)
        for createsStore in [false, true] {
            try await expectRefusal(.storage) { try await open(createsStore: createsStore) }
        }
        #expect(try folder.names() == ["store.db"])
    }

    @Test(
        "Another application's database is refused and left alone",
        arguments: [
            "CREATE TABLE bookmarks (url)",
            "PRAGMA journal_mode = WAL; CREATE TABLE bookmarks (url)",
            "PRAGMA application_id = 12345; CREATE TABLE bookmarks (url)",
            "PRAGMA journal_mode = WAL; PRAGMA application_id = 12345",
            "PRAGMA journal_mode = WAL; PRAGMA user_version = 1",
        ])
    func foreignDatabase(sql: String) async throws {
        try tamper(folder.store, sql)
        try await expectRefused(.storage)
    }

    @Test("Another application's database is refused as such")
    func foreignDatabaseIsNamed() async throws {
        try tamper(folder.store, "CREATE TABLE bookmarks (url)")
        await #expect {
            try await open(createsStore: true)
        } throws: { error in
            "\(error)".contains("another application")
        }
    }

    @Test("An empty file is a store that is still to be made")
    func emptyFile() async throws {
        // This is what is left where the maker of a store died early.
        try Data().write(to: URL(fileURLWithPath: folder.store))
        try await expectRefusal(.storage) { try await open(createsStore: false) }
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        await log.close()
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }

    /// Puts there what is left where a store's maker was killed while it switched the
    /// empty file to WAL mode: a first page, and the journal that takes it back
    /// (<https://www.sqlite.org/fileformat2.html#the_rollback_journal>).
    private func leaveHotJournal() throws {
        try tamper(folder.store, "PRAGMA journal_mode = WAL; PRAGMA user_version = 0")
        let magic: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]
        // No page was there before. Sectors of 512 bytes, pages of 4 096.
        let numbers: [UInt32] = [0, 0x1234_5678, 0, 512, 4_096]
        var header = magic + numbers.flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
        header += [UInt8](repeating: 0, count: 512 - header.count)
        try Data(header).write(to: URL(fileURLWithPath: folder.store + "-journal"))
        #expect(size(of: folder.store) == 4_096)
    }

    @Test("A store whose maker was killed in its first transaction is still to be made")
    func killedInFirstTransaction() async throws {
        try leaveHotJournal()
        await #expect {
            try await open(createsStore: false)
        } throws: { error in
            "\(error)".contains("there is no store")
        }
        try leaveHotJournal()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.domains().isEmpty)
        _ = try await log.append(.defining("vm1"))
        #expect(try await log.domains().map(\.name) == ["vm1"])
        await log.close()
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }

    @Test(
        "A store of a later schema is too new and left alone",
        arguments: [SchemaVersion.latest + 1, SchemaVersion.latest + 2, 1_000_000])
    func newerSchema(version: Int) async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        await log.close()
        try tamper(folder.store, "PRAGMA user_version = \(version)")
        try await expectRefused(.tooNew)
    }

    @Test("A store that several processes open at once for the first time is created once")
    func openedByManyAtOnce() async throws {
        let path = folder.store
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<8 {
                tasks.addTask {
                    let log = try await SQLiteEventLog.opened(at: path)
                    _ = try await log.append(.defining("vm\(number)"))
                    await log.close()
                }
            }
            try await tasks.waitForAll()
        }
        let log = try await SQLiteEventLog.opened(at: path)
        #expect(try await Set(log.domains().map(\.name)) == Set((0..<8).map { "vm\($0)" }))
        #expect(try await log.events().map(\.sequence) == Array(1...8))
        await log.close()
        #expect(try folder.names().filter { $0.contains("new") }.isEmpty)
    }
}
