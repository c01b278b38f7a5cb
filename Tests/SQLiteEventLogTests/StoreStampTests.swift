import Files
import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct StoreStampTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, _ suffix: String = "") throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.store + suffix))
    }

    /// A database and a log that were last changed long ago, as far as a clock's steps count.
    private func settled() throws -> (DatabaseFile, OpenFile, StoreStamp) {
        let log = try #require(OpenFile(folder.files.writeAheadLog))
        let database = try folder.databaseFile()
        while true {
            let stamp = try #require(
                StoreStamp(database: database.descriptor, writeAheadLog: log))
            if stamp.isCurrent(folder.files) { return (database, log, stamp) }
            sched_yield()
        }
    }

    private static let log = String(repeating: "w", count: 100)

    @Test("A stamp stays valid while nothing changes, and while commits are appended")
    func unchanged() throws {
        try write("database")
        try write(Self.log, "-wal")
        let (database, log, stamp) = try settled()
        #expect(stamp.hasCommits)
        #expect(stamp.stands(database: database.descriptor, writeAheadLog: log))
        let end = try #require(FileHandle(forWritingAtPath: folder.files.writeAheadLog))
        try end.seekToEnd()
        try end.write(contentsOf: Data("more".utf8))
        try end.close()
        #expect(stamp.stands(database: database.descriptor, writeAheadLog: log))
        // The next read has to see them.
        #expect(!stamp.isCurrent(folder.files))
    }

    @Test("A stamp becomes invalid if the database changes, or the log restarts or is truncated")
    func changed() throws {
        try write("database")
        try write(Self.log, "-wal")
        for change in ["database", "header", "cut"] {
            let (database, log, stamp) = try settled()
            switch change {
            case "database":
                let file = try #require(FileHandle(forWritingAtPath: folder.store))
                try file.write(contentsOf: Data("DATABASE".utf8))
                try file.close()
            case "header":
                let file = try #require(
                    FileHandle(forWritingAtPath: folder.files.writeAheadLog))
                try file.write(contentsOf: Data("W".utf8))
                try file.close()
            default: try #require(truncate(folder.files.writeAheadLog, 50) == 0)
            }
            #expect(
                !stamp.stands(database: database.descriptor, writeAheadLog: log), "\(change)")
        }
    }

    @Test("Files that are open, but are no longer those at the paths, are not read together.")
    func otherFiles() throws {
        try write("database")
        try write(Self.log, "-wal")
        let (database, log, _) = try settled()
        // The writer ends, and others change the database afterwards.
        try FileManager.default.removeItem(atPath: folder.files.writeAheadLog)
        let file = try #require(FileHandle(forWritingAtPath: folder.store))
        try file.write(contentsOf: Data("DATABASE".utf8))
        try file.close()
        let stamp = try #require(StoreStamp(database: database.descriptor, writeAheadLog: log))
        #expect(!stamp.isCurrent(folder.files))
    }

    @Test("A copy that is begun again holds what the second attempt read.")
    func secondCopy() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let receipt = try await log.append(.defining("vm1"))
        let draft = try StoreDraft(beside: StoreFiles(path: folder.file("copy.db")))
        _ = try log.readNow { try draft.copy($0, Cancellation()) }
        _ = try await log.append(.appending(Event.creating("c1"), after: receipt, named: "vm1"))
        _ = try log.readNow { try draft.copy($0, Cancellation()) }
        let files = StoreFiles(path: folder.store)
        #expect(try draft.verified(Cancellation(), of: files).head.size == 3)
        try draft.place()
        await log.close()
        #expect(try await SQLiteEventLog.check(path: folder.file("copy.db")).faults.isEmpty)
    }
}
