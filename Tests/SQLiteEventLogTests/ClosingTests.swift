import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// A store that is closed is one file and its head.
struct ClosingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let closed = ["store.db", "store.db.head"]

    private func makeStore() async throws -> CommitReceipt {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let receipt = try await log.append(.defining("vm1"))
        await log.close()
        return receipt
    }

    @Test("After closing only the database and its head remain")
    func afterWriting() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        #expect(try await log.lines().count == 1)
        #expect(try folder.names().contains("store.db-wal"))
        await log.close()
        #expect(try folder.names() == Self.closed)
    }

    @Test("Where nothing was appended, nothing is left")
    func afterOpeningOnly() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.lines().isEmpty)
        await log.close()
        #expect(try folder.names().isEmpty)
    }

    @Test("After reading only, too")
    func afterReading() async throws {
        _ = try await makeStore()
        let before = try folder.contents()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.lines().count == 1)
        await log.close()
        #expect(try folder.names() == Self.closed)
        #expect(try folder.contents() == before)
    }

    @Test("After a refused append, too")
    func afterRefusal() async throws {
        _ = try await makeStore()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        try await expectRefusal(.exists) { try await log.append(.defining("vm1")) }
        await log.close()
        #expect(try folder.names() == Self.closed)
    }

    @Test(
        "After two logs were open at once, too, whichever wrote and closed first",
        arguments: [[true, true], [true, false], [false, true], [false, false]], [true, false])
    func afterTwoLogs(writes: [Bool], firstClosesFirst: Bool) async throws {
        let receipt = try await makeStore()
        var logs = [
            try await SQLiteEventLog.opened(at: folder.store),
            try await SQLiteEventLog.opened(at: folder.store),
        ]
        var written = 1
        for (log, isWriting) in zip(logs, writes) {
            if isWriting {
                written += 1
                _ = try await log.append(
                    .appending(
                        [.currentSet(nil)], to: receipt.domain, named: "vm1",
                        revision: written - 1))
            }
            #expect(try await log.lines().count == written)
        }
        if !firstClosesFirst { logs.reverse() }
        await logs[0].close()
        // What is left of the one does not disturb the other.
        #expect(try await logs[1].lines().count == written)
        await logs[1].close()
        // Who has only read removes nothing.
        let lastWrites = firstClosesFirst ? writes[1] : writes[0]
        if lastWrites || writes == [false, false] { #expect(try folder.names() == Self.closed) }
        #expect(size(of: folder.files.writeAheadLog) == 0)
        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.lines().count == written)
        _ = try await again.append(.defining("vm2"))
        await again.close()
        #expect(try folder.names() == Self.closed)
    }

    @Test("A copy of the database alone holds all that was appended")
    func copyOfTheDatabase() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1", definition: [1, 2, 3]))
        for number in 0..<20 {
            receipt = try await log.append(
                .appending(Event.creating("c\(number)"), after: receipt, named: "vm1"))
        }
        let lines = try await log.lines()
        await log.close()
        let copy = folder.file("copy.db")
        try FileManager.default.copyItem(atPath: folder.store, toPath: copy)
        let copied = try await SQLiteEventLog.opened(at: copy)
        #expect(lines.count == 41)
        #expect(try await copied.lines() == lines)
        #expect(try await copied.replay(receipt.domain).graph.count == 20)
        await copied.close()
    }

    @Test("A writer that closes empties the WAL even if another log is still open")
    func closingBesideAnOpenLog() async throws {
        let first = try await makeStore()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let other = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await other.domains()
        _ = try await log.append(.appending([.currentSet(nil)], after: first, named: "vm1"))
        #expect(try await other.lines().count == 2)
        #expect(size(of: folder.store + "-wal") > 0)
        await log.close()
        #expect(try folder.names().contains("store.db-wal"))
        #expect(size(of: folder.store + "-wal") == 0)
        #expect(try await other.lines().count == 2)
        await other.close()
        let last = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await last.append(.defining("vm2"))
        await last.close()
        #expect(try folder.names() == Self.closed)
    }

    @Test("A log closed while another process holds the lease loses nothing")
    func closedWhileLeaseIsHeld() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        let other = try folder.lease()
        try other.acquire()
        await log.close()
        // The WAL was not the closer's to touch.
        #expect(size(of: folder.store + "-wal") > 0)
        other.release()
        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.lines().count == 1)
        _ = try await again.append(.defining("vm2"))
        await again.close()
        #expect(try folder.names() == Self.closed)
    }
}
