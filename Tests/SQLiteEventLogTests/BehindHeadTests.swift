import Foundation
import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// A store that holds less than its head file lists does not open quietly.
struct BehindHeadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var head: String { folder.store + ".head" }

    /// Makes a store of three commits, and keeps a copy of it after the second.
    private func makeStore() async throws {
        var log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1"))
        receipt = try await log.append(
            .appending(Event.creating("c1"), after: receipt, named: "vm1"))
        await log.close()
        for suffix in ["", ".head"] {
            try FileManager.default.copyItem(
                atPath: folder.store + suffix, toPath: folder.file("old.db") + suffix)
        }
        log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.appending(Event.creating("c2"), after: receipt, named: "vm1"))
        await log.close()
    }

    private func putBack(_ name: String, to place: String) throws {
        try? FileManager.default.removeItem(atPath: place)
        try FileManager.default.copyItem(atPath: folder.file(name), toPath: place)
    }

    private func expectRefused(_ word: String) async throws {
        let before = try folder.contents()
        for creates in [true, false] {
            do {
                _ = try await SQLiteEventLog.open(
                    path: folder.store, options: .init(createsStore: creates))
                Issue.record("it was opened")
            } catch {
                #expect(error.code == .behindHead)
                #expect(error.message.contains(word), "\(error)")
                // How it is accepted, the command says: the library knows no commands.
                #expect(error.hint?.contains("as evidence") == true)
                #expect(error.hint?.contains("accept the loss") == true)
                #expect(error.hint?.contains("--") == false)
            }
        }
        #expect(try folder.contents() == before)
    }

    private func accept() async throws -> SQLiteEventLog {
        let acceptance = LossAcceptance(
            Provenance(actor: "night@shift", reason: "the disk is gone"), origin: .commandLine)
        return try await SQLiteEventLog.open(
            path: folder.store,
            options: .init(createsStore: true, lossAcceptance: acceptance))
    }

    /// Checks that the loss is the last event, and that the store opens from then on.
    private func expectRecorded(_ lost: StoreHead, sequence: Int) async throws {
        let log = try await accept()
        let events = try await log.events()
        let last = try #require(events.last)
        #expect(last.event == .lossAccepted(lost.lost))
        #expect(last.sequence == sequence)
        #expect(last.domain == nil)
        #expect(last.provenance.reason == "the disk is gone")
        #expect(last.provenance.actor == "night@shift")
        #expect(try HeadFile.read(head).size == sequence)
        // There is nothing more to accept.
        await log.close()
        let again = try await accept()
        #expect(try await again.events().count == sequence)
        await again.close()
        let plain = try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: false))
        #expect(try await plain.events().count == sequence)
        await plain.close()
    }

    private func recordedHead() throws -> StoreHead {
        try #require(StoreHead(try String(contentsOfFile: head, encoding: .utf8)))
    }

    @Test("An older copy under a newer head is refused until the loss is accepted")
    func olderCopy() async throws {
        try await makeStore()
        try putBack("old.db", to: folder.store)
        let lost = try recordedHead()
        try await expectRefused("holds 3 events, but")
        try await expectRecorded(lost, sequence: 4)
        // Domains go on as if nothing had been.
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let vm1 = try #require(try await log.domains().first)
        let domain = try await log.replay(vm1.id)
        #expect(domain.graph.names() == ["c1"])
        #expect(
            try await log.append(
                .appending(
                    Event.creating("c9"), to: vm1.id, named: "vm1", revision: domain.revision)
            ).sequences == 5...6)
        await log.close()
    }

    @Test("A missing database beside its head is refused, and created again once accepted")
    func goneDatabase() async throws {
        try await makeStore()
        try FileManager.default.removeItem(atPath: folder.store)
        let lost = try recordedHead()
        try await expectRefused("there is no store at")
        try await expectRecorded(lost, sequence: 1)
    }

    @Test("Another store's database under a head is refused until the loss is accepted")
    func otherStore() async throws {
        try await makeStore()
        let other = try await SQLiteEventLog.opened(at: folder.file("other.db"))
        for number in 0..<9 { _ = try await other.append(.defining("vm\(number)")) }
        await other.close()
        try putBack("other.db", to: folder.store)
        let lost = try recordedHead()
        try await expectRefused("of another store")
        try await expectRecorded(lost, sequence: 10)
    }

    @Test("A log that continued from an older copy is refused under the other's head")
    func otherBranch() async throws {
        try await makeStore()
        let lost = try recordedHead()
        var log = try await SQLiteEventLog.opened(at: folder.file("old.db"))
        let vm1 = try #require(try await log.domains().first)
        var revision = 3
        for number in 0..<3 {
            revision = try await log.append(
                .appending(
                    Event.creating("d\(number)"), to: vm1.id, named: "vm1", revision: revision)
            ).revision
        }
        await log.close()
        try putBack("old.db", to: folder.store)
        try await expectRefused("was altered, or this is another copy")
        try await expectRecorded(lost, sequence: 10)
        log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.domains().map(\.name) == ["vm1"])
        await log.close()
    }

    @Test(
        "Events that were removed at the end are detected, with or without their commits",
        arguments: ["", "DELETE FROM log_commit WHERE number = 3;"])
    func takenAway(sql: String) async throws {
        try await makeStore()
        try tamper(
            folder.store,
            """
            DROP TRIGGER event_refuses_delete; DROP TRIGGER log_commit_refuses_delete;
            DELETE FROM event WHERE sequence > 3; \(sql)
            """)
        try await expectRefused("holds 3 events, but")
    }

    @Test("A head that is older than the log is not a fault: a crash came between")
    func olderHead() async throws {
        try await makeStore()
        try putBack("old.db.head", to: head)
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.events().count == 5)
        let vm1 = try #require(try await log.domains().first)
        _ = try await log.append(
            .appending([.currentSet(nil)], to: vm1.id, named: "vm1", revision: 5))
        await log.close()
        #expect(try HeadFile.read(head).size == 6)
    }

    @Test("A head at a size that no commit ended at is refused")
    func impossibleHead() async throws {
        try await makeStore()
        let head = try recordedHead()
        try StoreHead(origin: head.origin, size: 4, root: head.root).text
            .write(toFile: self.head, atomically: false, encoding: .utf8)
        try await expectRefused("was altered, or this is another copy")
    }

    @Test("A loss can only be accepted with an actor and a reason")
    func nobody() async throws {
        try await makeStore()
        try putBack("old.db", to: folder.store)
        let before = try folder.contents()
        try await expectRefusal(.usage) {
            try await SQLiteEventLog.open(
                path: folder.store,
                options: .init(
                    createsStore: true,
                    lossAcceptance: LossAcceptance(Provenance(actor: " "), origin: .library)))
        }
        #expect(try folder.contents() == before)
    }

    @Test(
        "Text that is not a head is refused",
        arguments: [
            "", "\n", "a\nb\nc\n", "o\n1\n", "o\n-1\n\(root)\n", "o\n01\n\(root)\n", "o\n1\nAAAA\n",
            "\n1\n\(root)\n", "o\n1\n\(root.dropLast(2))\n", "o\n1",
        ])
    func damaged(text: String) {
        #expect(StoreHead(text) == nil)
    }

    private static let root = Data(repeating: 7, count: 32).base64EncodedString()

    @Test("A head's text reads back, with signatures behind it, too")
    func text() throws {
        let head = StoreHead(origin: "momentlog/x", size: 7, root: .init(repeating: 7, count: 32))
        #expect(head.text == "momentlog/x\n7\n\(Self.root)\n")
        #expect(StoreHead(head.text) == head)
        #expect(StoreHead(head.text + "\n— auditor c2ln\n") == head)
    }
}

extension HeadFile {
    fileprivate var size: Int? {
        if case .head(let head) = self { head.size } else { nil }
    }
}
