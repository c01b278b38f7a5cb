import Files
import Foundation
import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Reading makes, removes and changes no file of a store, whatever state it is in.
struct ReadingLeavesFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What a store is like when it is read.
    enum Situation: String, CaseIterable {
        case closed, crashed, crashedWithoutIndex, besideAWriter, besideAnEmptyLog
        /// Killed before the first frame of a new log, whose header is written.
        case crashedAtHeader
    }

    /// What is in a folder.
    private struct Files: Equatable {
        var contents: [String: Data]
        /// As root, SQLite gives the log and its index the owner that they have, which changes no
        /// more than the time of their last change.
        var details: [String: [Int64]]

        /// - Parameter isOpen: Whether this process has the store open for writing: then readers
        ///   share the index of the log with the writer, and note their places in it.
        init(_ folder: TemporaryFolder, isOpen: Bool = false) throws {
            let names = try folder.names().filter { !isOpen || !$0.hasSuffix("-shm") }
            contents = try folder.contents().filter { names.contains($0.key) }
            details = names.reduce(into: [:]) { details, name in
                guard let found = FileDetails(path: folder.file(name)) else { return }
                details[name] = [
                    Int64(found.identity.inode), Int64(found.size), Int64(found.mode),
                    Int64(found.owner), found.contentChange,
                ]
            }
        }
    }

    /// Makes a store with three events in two commits; returns the log that still has it open.
    private func make(_ situation: Situation) async throws -> SQLiteEventLog? {
        let log = try await SQLiteEventLog.opened(
            at: situation == .besideAWriter || situation == .besideAnEmptyLog
                ? folder.store : folder.file("origin.db"))
        let receipt = try await log.append(.defining("vm1"))
        _ = try await log.append(.appending(Event.creating("c1"), after: receipt, named: "vm1"))
        switch situation {
        case .besideAWriter: return log
        case .besideAnEmptyLog:
            let writer = try await log.openedWriter()
            try writer.queue.inDatabase { _ = try writer.checkpoint($0, truncates: true) }
            return log
        case .closed: await log.close()
        case .crashed, .crashedWithoutIndex, .crashedAtHeader: break
        }
        var suffixes = ["", ".head"]
        if situation != .closed { suffixes.append("-wal") }
        if situation == .crashed || situation == .crashedAtHeader { suffixes.append("-shm") }
        for suffix in suffixes {
            try FileManager.default.copyItem(
                atPath: folder.file("origin.db") + suffix, toPath: folder.store + suffix)
        }
        await log.close()
        if situation == .crashedAtHeader {
            try FileManager.default.removeItem(atPath: folder.store)
            try FileManager.default.copyItem(
                atPath: folder.file("origin.db"), toPath: folder.store)
            try #require(truncate(folder.files.writeAheadLog, 32) == 0)
        }
        for suffix in ["", ".head"] {
            try FileManager.default.removeItem(atPath: folder.file("origin.db") + suffix)
        }
        return nil
    }

    @Test(
        "Reading a store changes nothing in its folder, in whatever state the store is.",
        arguments: Situation.allCases, [StoreAccess.read, .audit, .readOnly])
    func reading(_ situation: Situation, access: StoreAccess) async throws {
        let open = try await make(situation)
        let before = try Files(folder, isOpen: open != nil)
        let log = try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: false, access: access))
        for _ in 0..<2 {
            #expect(try await log.lines().count == 3)
            #expect(try await log.size() == 3)
            let domain = try #require(try await log.domains().first)
            #expect(try await log.replay(domain.id).graph.count == 1)
            #expect(try await log.head().size == 3)
            _ = try await log.statistics()
        }
        #expect(try await log.verify(against: nil, progress: { _ in }).faults.isEmpty)
        #expect(try await SQLiteEventLog.check(path: folder.store).faults.isEmpty)
        await log.close()
        #expect(try Files(folder, isOpen: open != nil) == before)
        await open?.close()
    }

    @Test("A log that is open for writing and only reads makes and removes no file, either.")
    func readWrite() async throws {
        for situation in [Situation.closed, .crashedWithoutIndex] {
            _ = try await make(situation)
            let before = try Files(folder)
            let log = try await SQLiteEventLog.opened(at: folder.store)
            #expect(try await log.lines().count == 3)
            await log.close()
            #expect(try Files(folder) == before)
            for name in try folder.names() {
                try FileManager.default.removeItem(atPath: folder.file(name))
            }
        }
    }

    @Test("A backup of a store and a restoration from it change nothing of it.")
    func backupAndRestoration() async throws {
        let target = try TemporaryFolder()
        for situation in Situation.allCases {
            let open = try await make(situation)
            let before = try Files(folder, isOpen: open != nil)
            let log = try await SQLiteEventLog.open(
                path: folder.store, options: .init(createsStore: false, access: .read))
            let name = target.file("\(situation).db")
            #expect(try await log.backup(to: name).eventCount == 3)
            await log.close()
            let restoration = StoreRestoration(
                from: folder.store, to: name + ".restored",
                acceptance: LossAcceptance(Provenance(actor: "t@h"), origin: .library))
            #expect(try await restoration.run().eventCount == 3)
            #expect(try Files(folder, isOpen: open != nil) == before)
            await open?.close()
            for name in try folder.names() {
                try FileManager.default.removeItem(atPath: folder.file(name))
            }
        }
        #expect(
            try target.names()
                == Situation.allCases.flatMap { situation in
                    ["", ".head", ".restored", ".restored.head"].map { "\(situation).db\($0)" }
                }.sorted())
    }

    @Test("The first change brings what a crash left into order.")
    func firstChange() async throws {
        for situation in [Situation.crashed, .crashedWithoutIndex] {
            _ = try await make(situation)
            let log = try await SQLiteEventLog.opened(at: folder.store)
            #expect(try await log.append(.defining("vm2")).commit == 3)
            await log.close()
            #expect(try folder.names() == ["store.db", "store.db.head"])
            for name in try folder.names() {
                try FileManager.default.removeItem(atPath: folder.file(name))
            }
        }
    }

    @Test("A part of a store that is no regular file is refused, and nothing waits for it.")
    func noRegularParts() async throws {
        _ = try await make(.closed)
        for suffix in ["-wal", "-shm", "-journal"] {
            let path = folder.store + suffix
            for isPipe in [true, false] {
                if isPipe {
                    try #require(mkfifo(path, 0o600) == 0)
                } else {
                    try #require(symlink("/dev/zero", path) == 0)
                }
                try await expectRefusal(.storage) {
                    try await SQLiteEventLog.open(
                        path: folder.store, options: .init(createsStore: false, access: .read))
                }
                try await expectRefusal(.storage) {
                    let log = try await SQLiteEventLog.opened(at: folder.store)
                    return try await log.append(.defining("vm2"))
                }
                try await expectRefusal(.storage) {
                    try await SQLiteEventLog.check(path: folder.store)
                }
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    /// Copies the store as another program leaves it that is killed while it changes it.
    private func leaveTransaction(at path: String) throws {
        let queue = try DatabaseQueue(path: folder.store)
        defer { try? queue.close() }
        try queue.inDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN;
                    CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(100000))
                    """)
            for suffix in ["", "-journal", ".head"] {
                try FileManager.default.copyItem(
                    atPath: folder.store + suffix, toPath: path + suffix)
            }
            try database.execute(sql: "ROLLBACK")
        }
    }

    @Test("What another program has left half done is not read over.")
    func hotJournal() async throws {
        _ = try await make(.closed)
        let left = folder.file("left.db")
        try leaveTransaction(at: left)
        // If SQLite has synced the journal, it is used; otherwise the database was not changed.
        let isUsed = StoreFiles(path: left).journal == .ofOthers
        #expect(isUsed)
        try await expectRefusal(.storage) {
            try await SQLiteEventLog.open(
                path: left, options: .init(createsStore: false, access: .read))
        }
        try await expectRefusal(.storage) { try await SQLiteEventLog.check(path: left) }
        // The first change takes it back.
        let log = try await SQLiteEventLog.opened(at: left)
        #expect(try await log.append(.defining("vm2")).commit == 3)
        await log.close()
        #expect(try await SQLiteEventLog.check(path: left).faults.isEmpty)
    }
}
