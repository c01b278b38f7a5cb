import CShims
import Foundation
import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct BackupTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var backup: String { folder.file("kept ü.db") }

    private func makeStore(commits: Int = 5) async throws -> (SQLiteEventLog, CommitReceipt) {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1", definition: [1, 2]))
        for number in 0..<commits {
            receipt = try await log.append(
                .appending(Event.creating("c\(number)"), after: receipt, named: "vm1"))
        }
        return (log, receipt)
    }

    private func restoration(replaces: Bool = false) -> StoreRestoration {
        StoreRestoration(
            from: backup, to: folder.store, replaces: replaces,
            acceptance: LossAcceptance(
                Provenance(actor: "me", reason: "restored"), origin: .library),
            busyTimeout: .seconds(60))
    }

    private func lines(_ path: String) async throws -> [String] {
        let log = try await SQLiteEventLog.open(path: path, options: .init(createsStore: false))
        let lines = try await log.lines()
        await log.close()
        return lines
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("A backup is one file and its head, for its owner alone, with all that was appended")
    func whole() async throws {
        let (log, _) = try await makeStore()
        // What is copied is in the WAL still.
        #expect(size(of: folder.store + "-wal") > 0)
        let report = try await log.backup(to: backup)
        #expect(report.eventCount == 11)
        #expect(report.byteCount == size(of: backup))
        let lines = try await log.lines()
        await log.close()
        #expect(
            try folder.names() == ["kept ü.db", "kept ü.db.head", "store.db", "store.db.head"])
        #expect(try bytes(of: backup + ".head") == (try bytes(of: folder.store + ".head")))
        #expect(try [backup, backup + ".head"].map(mode) == [0o600, 0o600])
        #expect(try await self.lines(backup) == lines)
    }

    @Test("A backup that is made while others write is a prefix of the log")
    func hot() async throws {
        let (log, receipt) = try await makeStore()
        let backups = (0..<6).map { folder.file("b\($0).db") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var receipt = receipt
                for number in 0..<300 {
                    receipt = try await log.append(
                        .appending(Event.creating("w\(number)"), after: receipt, named: "vm1"))
                }
            }
            group.addTask { for path in backups { _ = try await log.backup(to: path) } }
            try await group.waitForAll()
        }
        let all = try await log.lines()
        for path in backups {
            let lines = try await lines(path)
            #expect(lines.count >= 11)
            #expect(all.starts(with: lines))
        }
        await log.close()
    }

    @Test("An existing file is not overwritten", arguments: ["", ".head", "-wal"])
    func occupied(suffix: String) async throws {
        let (log, _) = try await makeStore()
        try Data("mine".utf8).write(to: URL(fileURLWithPath: backup + suffix))
        try await expectRefusal(.outputRefused) { try await log.backup(to: backup) }
        try await expectRefusal(.outputRefused) { try await log.backup(to: folder.store) }
        await log.close()
        #expect(try folder.names() == ["kept ü.db" + suffix, "store.db", "store.db.head"])
    }

    @Test(
        "A damaged store makes no backup",
        arguments: [
            "DROP TRIGGER event_refuses_update; UPDATE event SET line = line || ' ' WHERE sequence = 3",
            "DROP TRIGGER event_refuses_delete; DELETE FROM event WHERE sequence = 3",
            "DROP TRIGGER log_commit_refuses_update; UPDATE log_commit SET nodes = zeroblob(32) WHERE number = 2",
            "DROP TRIGGER log_commit_refuses_update; UPDATE log_commit SET size = 2 WHERE number = 1",
            "DROP TRIGGER log_commit_refuses_delete; DELETE FROM log_commit WHERE number = 2",
            "DROP TRIGGER definition_refuses_update; UPDATE definition SET content = x'01'",
        ])
    func damaged(sql: String) async throws {
        let (log, _) = try await makeStore()
        await log.close()
        try tamper(folder.store, sql)
        let again = try await SQLiteEventLog.opened(at: folder.store)
        try await expectRefusal(.corrupt) { try await again.backup(to: backup) }
        await again.close()
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }

    @Test("A missing store has no backup")
    func nothing() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        try await expectRefusal(.storage) { try await log.backup(to: backup) }
        await log.close()
        #expect(try folder.names().isEmpty)
    }

    @Test("A backup is restored to an unused path without a loss")
    func restoreToNothing() async throws {
        let (log, _) = try await makeStore()
        _ = try await log.backup(to: backup)
        await log.close()
        let lines = try await lines(folder.store)
        try FileManager.default.removeItem(atPath: folder.store)
        // With the head of the lost store beside it, which lists no more events.
        let report = try await restoration().run()
        #expect(report.eventCount == 11)
        #expect(report.lostHead == nil)
        #expect(report.replacedPath == nil)
        #expect(try await self.lines(folder.store) == lines)
        try FileManager.default.removeItem(atPath: folder.store)
        try FileManager.default.removeItem(atPath: folder.store + ".head")
        _ = try await restoration().run()
        #expect(try await self.lines(folder.store) == lines)
        #expect(try bytes(of: folder.store + ".head") == (try bytes(of: backup + ".head")))
    }

    @Test("A backup is not restored over an existing store by default, and nothing changes")
    func refused() async throws {
        let (log, _) = try await makeStore()
        _ = try await log.backup(to: backup)
        await log.close()
        let before = try folder.contents()
        try await expectRefusal(.outputRefused) { try await restoration().run() }
        #expect(try folder.contents() == before)
    }

    @Test(
        "A replaced store is kept completely, and the loss is recorded",
        arguments: [true, false])
    func replaced(isOpen: Bool) async throws {
        let (log, receipt) = try await makeStore()
        _ = try await log.backup(to: backup)
        _ = try await log.append(.appending(Event.creating("lost"), after: receipt, named: "vm1"))
        let lines = try await log.lines()
        if !isOpen { await log.close() }
        let report = try await restoration(replaces: true).run()
        #expect(report.lostHead?.size == 13)
        let aside = try #require(report.replacedPath)
        #expect(try await self.lines(aside) == lines)
        let now = try await self.lines(folder.store)
        #expect(now.dropLast() == lines.dropLast(2))
        let last = try EventLine.decode(try #require(now.last))
        #expect(last.event == .lossAccepted(try #require(report.lostHead)))
        #expect(last.provenance == Provenance(actor: "me", reason: "restored"))
        if isOpen {
            // A process that still has the old one open gets an error, and harms neither.
            try await expectRefusal(.storage) { _ = try await log.domains() }
            try await expectRefusal(.storage) { _ = try await log.append(.defining("vm9")) }
            await log.close()
        }
        #expect(try await self.lines(folder.store) == now)
        #expect(try await self.lines(aside) == lines)
    }

    @Test("The WAL of a killed process does not undo a restoration")
    func staleWAL() async throws {
        let (log, receipt) = try await makeStore()
        _ = try await log.backup(to: backup)
        _ = try await log.append(.appending(Event.creating("lost"), after: receipt, named: "vm1"))
        let wal = try bytes(of: folder.store + "-wal")
        let database = try bytes(of: folder.store)
        await log.close()
        // As a process leaves them that is killed.
        try database.write(to: URL(fileURLWithPath: folder.store))
        try wal.write(to: URL(fileURLWithPath: folder.store + "-wal"))
        let report = try await restoration(replaces: true).run()
        let names = try await lines(folder.store)
        #expect(names.count == 12)
        #expect(try await lines(try #require(report.replacedPath)).count == 13)
    }

    /// A rollback journal that shrinks a database to its first page
    /// (<https://www.sqlite.org/fileformat2.html#the_rollback_journal>).
    private func journal(ofFirstPage page: Data) -> Data {
        func number(_ value: UInt32) -> Data { withUnsafeBytes(of: value.bigEndian) { Data($0) } }
        let checksum = stride(from: page.count - 200, to: 0, by: -200)
            .reduce(UInt32(0)) { $0 &+ UInt32(page[$1]) }
        var journal = Data([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7])
        for value in [1, 0, 1, 512, UInt32(page.count)] { journal += number(value) }
        journal += Data(count: 512 - journal.count)
        return journal + number(1) + page + number(checksum)
    }

    @Test("The journal of a program that writes to the store is not played back into the backup")
    func staleJournal() async throws {
        let (log, _) = try await makeStore()
        _ = try await log.backup(to: backup)
        await log.close()
        let lines = try await lines(backup)
        let journal = journal(ofFirstPage: try bytes(of: folder.store).prefix(4096))
        try journal.write(to: URL(fileURLWithPath: folder.store + "-journal"))
        // Its lock says that it is still at work: the journal is not for others to play back.
        let descriptor = open(folder.store, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        let reserved = 0x4000_0001
        #expect(momentlog_share_byte(descriptor, reserved, 1) == 0)
        let report = try await restoration(replaces: true).run()
        #expect(try await self.lines(folder.store) == lines)
        let aside = try #require(report.replacedPath)
        #expect(try bytes(of: aside + "-journal") == journal)
    }

    @Test(
        "The loss is recorded also if the replaced store has no head file, or an older one",
        arguments: [false, true])
    func replacedWithoutHead(isOlder: Bool) async throws {
        let (log, receipt) = try await makeStore()
        _ = try await log.backup(to: backup)
        let older = try bytes(of: folder.store + ".head")
        _ = try await log.append(.appending(Event.creating("lost"), after: receipt, named: "vm1"))
        await log.close()
        try FileManager.default.removeItem(atPath: folder.store + ".head")
        if isOlder { try older.write(to: URL(fileURLWithPath: folder.store + ".head")) }
        var dry = restoration(replaces: true)
        dry.isDryRun = true
        let before = try folder.contents()
        let planned = try await dry.run()
        #expect(planned.lostHead?.size == 13 && planned.isLossKnown)
        #expect(try folder.contents() == before)
        let report = try await restoration(replaces: true).run()
        #expect(report.lostHead == planned.lostHead && report.isLossKnown)
        let last = try EventLine.decode(try #require(try await lines(folder.store).last))
        #expect(last.event == .lossAccepted(try #require(report.lostHead)))
        #expect(try await lines(try #require(report.replacedPath)).count == 13)
    }

    @Test("What a damaged store without a head file contained is not known")
    func unknownLoss() async throws {
        let (log, _) = try await makeStore()
        _ = try await log.backup(to: backup)
        await log.close()
        try FileManager.default.removeItem(atPath: folder.store + ".head")
        try Data(repeating: 7, count: 4_096).write(to: URL(fileURLWithPath: folder.store))
        let report = try await restoration(replaces: true).run()
        #expect(report.lostHead == nil && !report.isLossKnown)
    }

    @Test("What a WAL without its database and head file contained is not known")
    func unknownWAL() async throws {
        let (log, _) = try await makeStore()
        _ = try await log.backup(to: backup)
        await log.close()
        for suffix in ["", ".head"] {
            try FileManager.default.removeItem(atPath: folder.store + suffix)
        }
        try Data(repeating: 7, count: 4_096).write(
            to: URL(fileURLWithPath: folder.store + "-wal"))
        let report = try await restoration().run()
        #expect(report.lostHead == nil && !report.isLossKnown)
        #expect(report.replacedPath?.hasSuffix("-wal") == true)
    }

    @Test("The store itself is not the place of its backup")
    func backupOntoItself() async throws {
        let (log, _) = try await makeStore()
        let error = await #expect(throws: MomentlogError.self) {
            _ = try await log.backup(to: folder.store)
        }
        #expect(error?.code == .outputRefused)
        #expect(error?.message.hasSuffix("is the store itself") == true)
        await log.close()
    }

    @Test(
        "A store that is too damaged to open can be replaced",
        arguments: ["", "not a database"])
    func replacedDamaged(content: String) async throws {
        let (log, _) = try await makeStore()
        _ = try await log.backup(to: backup)
        await log.close()
        let damage = Data(String(repeating: content, count: 200).utf8)
        try damage.write(to: URL(fileURLWithPath: folder.store))
        let report = try await restoration(replaces: true).run()
        #expect(report.lostHead == nil)
        #expect(try await lines(folder.store) == (try await lines(backup)))
        if let aside = report.replacedPath { #expect(try bytes(of: aside) == damage) }
        #expect((report.replacedPath == nil) == content.isEmpty)
    }

    @Test(
        "A backup that is not sound is not restored",
        arguments: [
            "DROP TRIGGER event_refuses_update; UPDATE event SET line = line || ' ' WHERE sequence = 3",
            "PRAGMA user_version = 1000", "PRAGMA application_id = 7",
        ])
    func unsound(sql: String) async throws {
        let (log, _) = try await makeStore()
        _ = try await log.backup(to: backup)
        await log.close()
        try tamper(backup, sql)
        let before = try folder.contents()
        await #expect(throws: MomentlogError.self) { try await restoration(replaces: true).run() }
        #expect(try folder.contents() == before)
    }

    @Test("A backup that is behind its own head is not restored")
    func behindItsHead() async throws {
        let (log, receipt) = try await makeStore()
        _ = try await log.backup(to: backup)
        _ = try await log.append(.appending(Event.creating("more"), after: receipt, named: "vm1"))
        await log.close()
        try bytes(of: folder.store + ".head").write(to: URL(fileURLWithPath: backup + ".head"))
        let before = try folder.contents()
        try await expectRefusal(.behindHead) { try await restoration(replaces: true).run() }
        #expect(try folder.contents() == before)
    }

    @Test("A store is not restored onto itself, nor from nothing")
    func nonsense() async throws {
        let (log, _) = try await makeStore()
        await log.close()
        var itself = restoration(replaces: true)
        itself.source = folder.store
        try await expectRefusal(.usage) { try await itself.run() }
        try await expectRefusal(.unreadableFile) { try await restoration(replaces: true).run() }
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }

    @Test("Compacting reclaims space, and leaves the log unchanged")
    func compact() async throws {
        let (log, receipt) = try await makeStore(commits: 40)
        let domain = try await log.replay(receipt.domain)
        for _ in 0..<3 {
            try await log.openedWriter().change {
                try $0.execute(
                    sql: """
                        INSERT INTO snapshot
                            (domain, revision, sequence, leaf, format, sha256, content)
                        SELECT 1, count(*), 1, x'', 77, x'', zeroblob(1000000) FROM snapshot
                        """)
            }
        }
        try await log.removeSnapshots(of: receipt.domain)
        let before = try await log.state()
        let lines = try await log.lines()
        let report = try await log.compact()
        #expect(report.bytesAfter < 500_000)
        #expect(report.bytesBefore > 3_000_000)
        #expect(report.bytesAfter == size(of: folder.store))
        #expect(try await log.state() == before)
        #expect(try await log.lines() == lines)
        #expect(try await log.replay(receipt.domain).graph == domain.graph)
        let next = try await log.append(
            .appending(Event.creating("next"), after: receipt, named: "vm1"))
        #expect(next.sequences == 82...83)
        await log.close()
        #expect(try folder.names() == ["store.db", "store.db.head"])
    }
}
