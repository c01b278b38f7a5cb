import Files
import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// What becomes of a session whose store's files are removed or replaced under it.
struct StorePartsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A log that has committed three events in two commits, which are in the WAL.
    private func opened() async throws -> (SQLiteEventLog, CommitReceipt) {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        return (
            log,
            try await log.append(
                .appending(Event.creating("c1"), after: first, named: "vm1"))
        )
    }

    private func remove(_ suffixes: String...) throws {
        for suffix in suffixes {
            try FileManager.default.removeItem(atPath: folder.store + suffix)
        }
    }

    /// Copies the store as a killed process leaves it, with what is at its paths right now, and
    /// counts the events of the copy.
    private func countAfterCrash() async throws -> Int {
        let copy = folder.file("crashed.db")
        for suffix in ["", "-wal", ".head"]
        where FileDetails(path: folder.store + suffix) != nil {
            try FileManager.default.copyItem(
                atPath: folder.store + suffix, toPath: copy + suffix)
        }
        let log = try await SQLiteEventLog.open(
            path: copy, options: .init(createsStore: false, access: .read))
        defer { for suffix in ["", "-wal", ".head"] { unlink(copy + suffix) } }
        let count = try await log.size()
        await log.close()
        return count
    }

    @Test(
        "A removed write-ahead log is detected before a commit is acknowledged, and earlier commits are kept",
        arguments: [["-wal"], ["-wal", "-shm"]])
    func removedLog(_ suffixes: [String]) async throws {
        let (log, last) = try await opened()
        for suffix in suffixes { try remove(suffix) }
        try await expectRefusal(.storage) {
            try await log.append(
                .appending(Event.creating("c2"), after: last, named: "vm1"))
        }
        #expect(try await countAfterCrash() == 3)
        // The session does not go on.
        try await expectRefusal(.storage) { try await log.append(.defining("vm2")) }
        await log.close()
        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.append(.defining("vm2")).commit == 3)
        await again.close()
        #expect(try await SQLiteEventLog.check(path: folder.store).faults.isEmpty)
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }

    @Test("A commit to a write-ahead log that was emptied is not acknowledged")
    func emptiedLog() async throws {
        let (log, last) = try await opened()
        try #require(truncate(folder.files.writeAheadLog, 0) == 0)
        do {
            _ = try await log.append(
                .appending(Event.creating("c2"), after: last, named: "vm1"))
            Issue.record("was acknowledged")
        } catch {
            #expect([.outcomeUnknown, .storage, .corrupt].contains(error.code), "\(error)")
        }
        await log.close()
        // Its content is lost, and the head file shows that.
        try await expectRefusal(.behindHead) { try await SQLiteEventLog.opened(at: folder.store) }
    }

    @Test("A session that ends after its write-ahead log was removed loses nothing.")
    func removedLogThenClosed() async throws {
        let (log, _) = try await opened()
        try remove("-wal")
        await log.close()
        #expect(try await countAfterCrash() == 3)
    }

    @Test("A removed index of the log is noticed before anything is acknowledged.")
    func removedIndex() async throws {
        let (log, last) = try await opened()
        try remove("-shm")
        // Another session of this process would share the one that was removed.
        var other = try await SQLiteEventLog.opened(at: folder.store)
        try await expectRefusal(.storage) { try await other.append(.defining("vm2")) }
        await other.close()
        try await expectRefusal(.storage) {
            try await log.append(
                .appending(Event.creating("c2"), after: last, named: "vm1"))
        }
        await log.close()
        #expect(try await countAfterCrash() == 3)
        other = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await other.append(.defining("vm2")).commit == 3)
        await other.close()
        #expect(try await SQLiteEventLog.check(path: folder.store).faults.isEmpty)
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }

    @Test("A write-ahead log that others have made since is theirs, and is not written over.")
    func otherLog() async throws {
        let (log, last) = try await opened()
        let before = try bytes(of: folder.store)
        try remove("-wal")
        try Data("of others".utf8).write(to: URL(fileURLWithPath: folder.files.writeAheadLog))
        try await expectRefusal(.storage) {
            try await log.append(
                .appending(Event.creating("c2"), after: last, named: "vm1"))
        }
        await log.close()
        #expect(try bytes(of: folder.store) == before)
        #expect(try bytes(of: folder.files.writeAheadLog) == Data("of others".utf8))
    }

    @Test(
        "A session whose store was replaced neither reads nor writes the new one",
        arguments: [true, false])
    func replaced(isRestored: Bool) async throws {
        let (log, last) = try await opened()
        let backup = folder.file("backup.db")
        _ = try await log.backup(to: backup)
        let cached = try await log.replay(last.domain)
        if isRestored {
            let restoration = StoreRestoration(
                from: backup, to: folder.store, replaces: true,
                acceptance: LossAcceptance(Provenance(actor: "t@h"), origin: .library))
            _ = try await restoration.run()
        } else {
            try remove("-wal", "-shm", ".head")
            try #require(rename(backup, folder.store) == 0)
            try #require(rename(backup + ".head", folder.store + ".head") == 0)
        }
        let before = try folder.contents()
        try await expectRefusal(.storage) {
            try await log.append(
                .appending(Event.creating("c2"), after: last, named: "vm1"))
        }
        try await expectRefusal(.storage) { try await log.size() }
        try await expectRefusal(.storage) { try await log.keepSnapshot(of: cached, last.domain) }
        try await expectRefusal(.storage) { try await log.ensureDurable(within: nil) }
        try await expectRefusal(.storage) { try await log.backup(to: folder.file("b2.db")) }
        await log.close()
        #expect(try folder.contents() == before)
        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.append(.defining("vm2")).commit == 3)
        await again.close()
    }

    @Test("What was decided on a store that was only read is not carried out on another one.")
    func decidedBeforeReplacement() async throws {
        let (first, _) = try await opened()
        let backup = folder.file("backup.db")
        _ = try await first.backup(to: backup)
        await first.close()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let domain = try #require(try await log.domains().first)
        #expect(try await log.replay(domain.id).revision == 3)
        let restoration = StoreRestoration(
            from: backup, to: folder.store, replaces: true,
            acceptance: LossAcceptance(Provenance(actor: "t@h"), origin: .library))
        _ = try await restoration.run()
        // It has no connection for writing yet.
        try await expectRefusal(.storage) {
            try await log.append(
                .appending([.checkpointDeleted("c1")], to: domain.id, named: "vm1", revision: 3))
        }
        await log.close()
        #expect(try await SQLiteEventLog.check(path: folder.store).faults.isEmpty)
    }

    @Test("The end that is lost after a store was opened is noticed before the next commit.")
    func lostSinceOpened() async throws {
        let (first, last) = try await opened()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.size() == 3)
        // What is in the log is all gone, as if its only process had been killed.
        let early = folder.file("early.db")
        try FileManager.default.copyItem(atPath: folder.store, toPath: early)
        await first.close()
        let other = try await SQLiteEventLog.opened(at: folder.store)
        try await expectRefusal(.revisionConflict) {
            try await other.append(
                .appending(
                    [.currentSet(nil)], to: last.domain, named: "vm1", revision: 1))
        }
        // The head file lists more events than the log will hold.
        let head = try #require(
            StoreHead(try String(contentsOfFile: folder.files.head, encoding: .utf8)))
        let later = StoreHead(origin: head.origin, size: head.size + 2, root: head.root)
        try later.text.write(toFile: folder.files.head, atomically: false, encoding: .utf8)
        for writer in [log, other] {
            try await expectRefusal(.behindHead) {
                try await writer.append(
                    .appending(Event.creating("c2"), after: last, named: "vm1"))
            }
        }
        #expect(
            try String(contentsOfFile: folder.files.head, encoding: .utf8) == later.text)
        await other.close()
        await log.close()
    }

    @Test(
        "A part of a store that has other names is neither written to nor given away.",
        arguments: ["-wal", "-shm", "-journal"])
    func linkedPart(_ suffix: String) async throws {
        let (log, _) = try await opened()
        await log.close()
        let victim = folder.file("victim")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: victim))
        try #require(link(victim, folder.store + suffix) == 0)
        let before = FileDetails(path: victim)
        let reading = try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: false, access: .read))
        #expect(try await reading.size() == 3)
        await reading.close()
        let writing = try await SQLiteEventLog.opened(at: folder.store)
        try await expectRefusal(.storage) { try await writing.append(.defining("vm2")) }
        await writing.close()
        #expect(FileDetails(path: victim) == before)
        #expect(try bytes(of: victim) == Data("precious".utf8))
    }

    @Test("A removed database is detected, and nothing is created in its place")
    func removedDatabase() async throws {
        let (log, last) = try await opened()
        try remove("")
        try await expectRefusal(.storage) {
            try await log.append(
                .appending(Event.creating("c2"), after: last, named: "vm1"))
        }
        try await expectRefusal(.storage) { try await log.size() }
        await log.close()
        #expect(FileDetails(path: folder.store) == nil)
    }

    @Test("Only the holder of the write lease can insert events")
    func insertion() async throws {
        let (log, _) = try await opened()
        await log.close()
        let before = try folder.contents()
        #expect(throws: (any Error).self) {
            try insertPlainly(folder.store, "INSERT INTO event SELECT * FROM event")
        }
        #expect(throws: (any Error).self) {
            try insertPlainly(folder.store, "INSERT INTO log_commit SELECT * FROM log_commit")
        }
        #expect(throws: (any Error).self) {
            try insertPlainly(
                folder.store,
                "INSERT INTO snapshot (domain, revision, format, sha256, content)"
                    + " VALUES (1, 1, 1, x'00', x'00')")
        }
        #expect(try folder.contents() == before)
    }

    @Test(
        "A store that root restores keeps its owner and its mode, and so does its head.",
        .enabled(if: geteuid() == 0))
    func restoredOwner() async throws {
        let (log, _) = try await opened()
        _ = try await log.backup(to: folder.file("backup.db"))
        await log.close()
        for path in [folder.store, folder.files.head] {
            try #require(chown(path, 65534, 65534) == 0)
            try #require(chmod(path, 0o640) == 0)
        }
        let restoration = StoreRestoration(
            from: folder.file("backup.db"), to: folder.store, replaces: true,
            acceptance: LossAcceptance(Provenance(actor: "t@h"), origin: .library))
        _ = try await restoration.run()
        let again = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await again.append(.defining("vm2"))
        await again.close()
        for path in [folder.store, folder.files.head] {
            let details = try #require(FileDetails(path: path))
            #expect(details.owner == 65534 && details.group == 65534, "\(path)")
            #expect(details.mode & 0o777 == 0o640, "\(path)")
        }
    }

    @Test("A backup does not wait for what opens or closes the log.", .timeLimit(.minutes(30)))
    func backupBesideOpening() async throws {
        let (log, _) = try await opened()
        let isDone = DispatchSemaphore(value: 0)
        async let opening = log.opening.run { _ throws(MomentlogError) in
            isDone.wait(timeout: .now() + 50) == .success
        }
        #expect(try await log.backup(to: folder.file("backup.db")).eventCount == 3)
        isDone.signal()
        #expect(try await opening)
        await log.close()
    }
}
