import Foundation
import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Snapshots bound a replay, and change nothing else.
struct SnapshotTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A store with a domain of 30 revisions, and snapshots at 11 and 21.
    private func makeStore() async throws -> (SQLiteEventLog, DomainEntry.ID) {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1", definition: [1]))
        for number in 1...15 {
            let checkpoint = Checkpoint(
                name: "c\(number)", description: "d", parent: number == 1 ? nil : "c\(number - 1)",
                creationTime: CreationTime(seconds: Int64(number)),
                disks: [Disk(name: "vda", bitmap: "c\(number)")],
                definition: digest(of: [1]))
            receipt = try await log.append(
                .appending(
                    [.checkpointCreated(checkpoint), .currentSet("c\(number)")], after: receipt,
                    named: "vm1"))
            if number.isMultiple(of: 5), number < 15 {
                try await log.keepSnapshot(of: log.replay(receipt.domain), receipt.domain)
            }
        }
        return (log, receipt.domain)
    }

    private func reopened(_ remarks: Remarks) async throws -> SQLiteEventLog {
        try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: false, logger: remarks.logger))
    }

    private static func isSame(_ left: Domain, _ right: Domain) -> Bool {
        left.name == right.name && left.uuid == right.uuid && left.graph == right.graph
            && left.definition == right.definition && left.isLive == right.isLive
            && left.revision == right.revision
    }

    @Test("A replay begins at the last snapshot, and gives what all events give")
    func replay() async throws {
        let (log, id) = try await makeStore()
        let whole = try await log.replay(id, onto: Domain(name: "vm1"))
        #expect(try await log.snapshotRevision(of: id) == 21)
        await log.close()
        let remarks = Remarks()
        let again = try await reopened(remarks)
        #expect(Self.isSame(try await again.replay(id), whole))
        #expect(remarks["replayed a domain", "events"] == ["10"])
        #expect(remarks["replayed a domain", "from-revision"] == ["21"])
        await again.close()
    }

    @Test(
        "A snapshot that is missing, torn, altered, of another form, or not of this log is not used",
        arguments: [
            ("DELETE FROM snapshot WHERE revision = 21", "11", false),
            ("DELETE FROM snapshot", "0", false),
            (
                "UPDATE snapshot SET content = substr(content, 1, 40) WHERE revision = 21", "11",
                true
            ),
            ("UPDATE snapshot SET content = x'' WHERE revision = 21", "11", true),
            (
                "UPDATE snapshot SET content = CAST(content || x'00' AS BLOB) WHERE revision = 21",
                "11", true
            ),
            ("UPDATE snapshot SET sha256 = zeroblob(32)", "0", true),
            ("UPDATE snapshot SET format = 99 WHERE revision = 21", "11", false),
            ("UPDATE snapshot SET revision = 22 WHERE revision = 21", "11", true),
            ("UPDATE snapshot SET revision = 99 WHERE revision = 21", "11", true),
            ("UPDATE snapshot SET domain = 7", "0", false),
            ("UPDATE snapshot SET sequence = 9 WHERE revision = 21", "11", true),
            ("UPDATE snapshot SET leaf = zeroblob(32) WHERE revision = 21", "11", true),
        ])
    func unusable(sql: String, from: String, isReported: Bool) async throws {
        let (log, id) = try await makeStore()
        let whole = try await log.replay(id)
        await log.close()
        try tamper(folder.store, sql)
        let remarks = Remarks()
        let again = try await reopened(remarks)
        #expect(Self.isSame(try await again.replay(id), whole))
        // A read that others overtook is repeated.
        #expect(Set(remarks["replayed a domain", "from-revision"]) == [from])
        #expect(remarks.contains("a snapshot is damaged") == isReported)
        // It is saved again, and used from then on.
        try await again.removeSnapshots(of: id)
        try await again.keepSnapshot(of: again.replay(id), id)
        #expect(Self.isSame(try await again.replay(id), whole))
        #expect(remarks["replayed a domain", "events"].last == "0")
        await again.close()
    }

    @Test("Every bit of a snapshot is guarded")
    func bits() async throws {
        let (log, id) = try await makeStore()
        let whole = try await log.replay(id)
        let content = try await #require(
            log.read {
                try Data.fetchOne(
                    $0, sql: "SELECT content FROM snapshot ORDER BY revision DESC LIMIT 1")
            } ?? nil)
        let remarks = Remarks()
        // Every byte once, and each bit in turn.
        for place in content.indices {
            var changed = content
            changed[place] ^= 1 << UInt8(place % 8)
            let digits = changed.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            try await log.openedWriter().change {
                try $0.execute(
                    sql: "UPDATE snapshot SET content = x'\(digits.joined())' WHERE revision = 21")
            }
            let found = try await log.read { database in
                try StoredSnapshot(database: database, logger: remarks.logger).domain(id)
            }
            #expect(found??.revision == 11, "byte \(place)")
        }
        #expect(remarks.count("a snapshot is damaged") == content.count)
        #expect(Self.isSame(try await log.replay(id), whole))
        await log.close()
    }

    @Test("A snapshot of what the log does not hold is refused")
    func ahead() async throws {
        let (log, id) = try await makeStore()
        var domain = try await log.replay(id)
        try domain.apply(.currentSet(nil))
        try await expectRefusal(.revisionConflict) { try await log.keepSnapshot(of: domain, id) }
        #expect(try await log.snapshotRevision(of: id) == 21)
        await log.close()
    }

    @Test("A snapshot is no event: head, size and lines stay the same")
    func noEvent() async throws {
        let (log, id) = try await makeStore()
        let before = try await log.state()
        try await log.keepSnapshot(of: log.replay(id), id)
        #expect(try await log.state() == before)
        #expect(try await log.statistic("snapshots") == .number(3))
        #expect(try await log.statistic("events-after-snapshots") == .number(0))
        await log.close()
    }
}
