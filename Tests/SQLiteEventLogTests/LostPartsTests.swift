import Foundation
import GRDB
import Logging
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// What a reader notices when another process removes a file of the store between two reads.
struct LostPartsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A store as a killed writer leaves it: its two events are in the write-ahead log.
    private func makeCrashedStore() async throws -> String {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        _ = try await log.append(.appending(Event.creating("c1"), after: first, named: "vm1"))
        let copy = folder.file("crashed.db")
        for suffix in ["", "-wal", ".head"] {
            try FileManager.default.copyItem(
                atPath: folder.store + suffix, toPath: copy + suffix)
        }
        await log.close()
        return copy
    }

    @Test(
        "A write-ahead log that is removed between two reads is an error, not an empty log",
        arguments: [StoreAccess.read, .readWrite, .readOnly])
    func removedBetweenReads(_ access: StoreAccess) async throws {
        let store = try await makeCrashedStore()
        let log = try await SQLiteEventLog.open(
            path: store, options: .init(createsStore: false, access: access))
        #expect(try await log.size() > 0)
        try FileManager.default.removeItem(atPath: store + "-wal")
        try await expectRefusal(.behindHead) { try await log.size() }
        try await expectRefusal(.behindHead) { try await log.domains() }
        await log.close()
    }

    @Test("Nothing is written to a database that has lost what its head file lists")
    func writerOfEmptyDatabase() async throws {
        let store = try await makeCrashedStore()
        try FileManager.default.removeItem(atPath: store + "-wal")
        let database = FileManager.default.contents(atPath: store)
        let files = StoreFiles(path: store)
        let file = try #require(try DatabaseFile.open(store))
        try await expectRefusal(.behindHead) {
            try SQLiteWriter(
                files, file, DomainCache(), busyTimeout: .seconds(1), acceptsLoss: false,
                logger: Logger(label: "test"))
        }
        #expect(FileManager.default.contents(atPath: store) == database)
        #expect(FileManager.default.contents(atPath: files.writeAheadLog) == Data())
    }

    @Test("A database that was moved away is not created again, which would remove its log")
    func movedDatabase() async throws {
        let files = StoreFiles(path: try await makeCrashedStore())
        let log = FileManager.default.contents(atPath: files.writeAheadLog)
        try FileManager.default.moveItem(atPath: files.database, toPath: files.database + ".moved")
        #expect(throws: DatabaseError.self) {
            try DatabaseQueue(
                path: files.existingURI,
                configuration: SQLiteConnection.writerConfiguration(
                    UnsafeWriterMemory(), busyTimeout: .zero))
        }
        #expect(!FileManager.default.fileExists(atPath: files.database))
        #expect(FileManager.default.contents(atPath: files.writeAheadLog) == log)
    }
}
