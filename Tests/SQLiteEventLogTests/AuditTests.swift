import Foundation
import GRDB
import Moments
import TestSupport
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Logs that somebody changed behind momentlog's back.
struct AuditTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let definition = Array("<domain type='kvm'>\n  <name>vm</name></domain>".utf8)

    /// A log of 14 events in 6 commits: 1 is vm; 2 to 7 are an import of three; 8 is other;
    /// 9 and 10 are a checkpoint with a disk list, a definition and odd texts, under a clock
    /// that was set back; 11 to 13 delete, rename, set; 14 undefines other.
    private func makeStore() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let named = try #require(digest(of: Self.definition))
        var receipt = try await log.append(
            .defining("vm \"1\"", uuid: sampleUUID(1), definition: Self.definition))
        let names = ["a", "b", "c"]
        var library = PendingCommit.appending(
            names.flatMap { name -> [Event] in
                [
                    .checkpointRedefined(
                        Checkpoint(
                            name: CheckpointName(name), parent: name == "a" ? nil : "a",
                            creationTime: -5,
                            disks: [Disk(name: "vda", bitmap: name), Disk(name: "vdb", mode: .no)],
                            definition: named), claimsCurrent: name == "b"),
                    .currentSet(CheckpointName(name)),
                ]
            }, after: receipt, named: "vm \"1\"")
        for index in library.entries.indices {
            library.entries[index].origin =
                index.isMultiple(of: 2)
                ? .importedFile(
                    name: "\(index) \"\\é.xml", sha256: String(repeating: "ab", count: 32))
                : .importedLibrary
        }
        receipt = try await log.append(library)
        let other = try await log.append(.defining("other"))
        var odd = PendingCommit.appending(
            [
                .checkpointCreated(
                    Checkpoint(
                        name: "d", description: "tab\t \"quoted\" \\ \u{1} ü\u{2028}", parent: "c",
                        creationTime: CreationTime(seconds: .max),
                        disks: [
                            Disk(name: "/img/ü\".qcow2", bitmap: "other"), Disk(name: "vdc"),
                            Disk(name: "vdd", bitmap: "d"), Disk(name: "vde", bitmap: "d"),
                        ], definition: named)),
                .currentSet("d"),
            ], after: receipt, named: "vm \"1\"")
        odd.time = Timestamp(seconds: 1)
        odd.provenance = Provenance(actor: "me \\", reason: "be\"cause\n", request: "r\"1")
        odd.request = RequestRecord(
            name: "r\"1", fingerprint: [1], domain: "vm \"1\"", revision: 0)
        receipt = try await log.append(odd)
        receipt = try await log.append(
            .appending(
                [.checkpointDeleted("b"), .domainRenamed(to: "vm2"), .currentSet(nil)],
                after: receipt, named: "vm \"1\""))
        _ = try await log.append(.appending([.domainUndefined], after: other, named: "other"))
        await log.close()
    }

    private func verify(_ kept: StoreHead? = nil) async throws -> Verification {
        let log = try await SQLiteEventLog.open(
            path: folder.store,
            options: SQLiteEventLog.Options(createsStore: false, access: .audit))
        let found = try await log.verify(against: kept) { _ in }
        await log.close()
        return found
    }

    private func head() async throws -> StoreHead {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let head = try await log.head()
        await log.close()
        return head
    }

    /// Runs SQL with nothing in its way.
    private func tamperFreely(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.store)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            for name in try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            {
                try database.execute(sql: "DROP TRIGGER \(name)")
            }
            try database.execute(sql: sql)
        }
        try queue.close()
    }

    @Test("An untouched log is sound, and its head is the one in the head file")
    func sound() async throws {
        try await makeStore()
        let kept = try await head()
        let found = try await verify(kept)
        #expect(found.faults == [])
        #expect(found.isSound && found.coverage?.covered == 14 && found.coverage?.later == 0)
        #expect(found.commits == 6 && found.head.size == 14)
        #expect(found.head == kept)
        #expect(
            try String(contentsOfFile: folder.store + ".head", encoding: .utf8)
                == kept.text)
        #expect(try StoreHead(kept.text + "\n— signature\n", from: "x") == kept)
    }

    @Test(
        "Each change is detected and placed",
        arguments: [
            ("UPDATE event SET line = replace(line, 'service', 'nobody') WHERE sequence = 6", 5, 5),
            ("UPDATE event SET line = '{}' WHERE sequence = 10", 10, 10),
            ("UPDATE event SET line = line || ' ' WHERE sequence = 8", 8, 8),
            ("UPDATE event SET line = x'00' || line WHERE sequence = 14", 14, 14),
            ("DELETE FROM event WHERE sequence = 5", 5, 5),
            ("DELETE FROM event WHERE sequence = 1", 1, 1),
            ("DELETE FROM event WHERE sequence = 14", 14, 14),
            ("DELETE FROM event WHERE sequence > 3", 4, 4),
            ("DELETE FROM event", 1, 1),
            (
                "CREATE TEMP TABLE t AS SELECT * FROM event WHERE sequence = 14;"
                    + "UPDATE t SET sequence = 15, revision = 3; INSERT INTO event SELECT * FROM t",
                15, 15
            ),
            (
                // An event in between, for which those after it make room.
                "UPDATE event SET sequence = -sequence - 1 WHERE sequence > 4;"
                    + "UPDATE event SET sequence = -sequence WHERE sequence < 0;"
                    + "INSERT INTO event SELECT 5, 9, 1, kind, line FROM event WHERE sequence = 4",
                5, 5
            ),
            (
                // Two lines change places.
                "UPDATE event SET line = (SELECT line FROM event AS o WHERE o.sequence ="
                    + " 13 - event.sequence) WHERE sequence IN (6, 7)", 6, 6
            ),
            (
                // Two events change places.
                "UPDATE event SET sequence = -sequence WHERE sequence IN (12, 13);"
                    + "UPDATE event SET sequence = 25 + sequence WHERE sequence < 0", 12, 12
            ),
            (
                // What stands in the line alone, and nothing but its hash tells.
                "UPDATE event SET line = replace(line, '{\"kind\":\"library\"}',"
                    + " '{\"kind\":\"command\"}') WHERE sequence = 14", 14, 14
            ),
            ("UPDATE log_commit SET nodes = zeroblob(32) WHERE number = 3", 8, 8),
            ("UPDATE log_commit SET nodes = zeroblob(length(nodes)) WHERE number = 2", 2, 2),
            ("UPDATE log_commit SET nodes = x'' WHERE number = 2", 2, 2),
            ("UPDATE log_commit SET size = 8 WHERE number = 2", 7, 7),
            ("DELETE FROM log_commit WHERE number = 3", 8, 8),
            ("DELETE FROM log_commit WHERE number = 6", 14, 14),
            ("UPDATE definition SET content = x'00'", nil, nil),
            ("UPDATE definition SET sha256 = zeroblob(32)", nil, nil),
            ("UPDATE domain SET name = 'x' WHERE id = 1", nil, nil),
            ("UPDATE domain SET uuid = NULL", nil, nil),
            ("UPDATE domain SET is_live = 1", nil, nil),
            ("DELETE FROM domain WHERE id = 2", nil, nil),
            ("UPDATE request SET number = 3", 9, 9),
            ("UPDATE request SET name = 'mine'", 9, 9),
        ] as [(String, Int?, Int?)])
    func changes(sql: String, first: Int?, at: Int?) async throws {
        try await makeStore()
        try tamperFreely(sql)
        let found = try await verify()
        #expect(!found.isSound)
        #expect(found.faults.first?.sequence == first, "\(found.faults)")
        #expect(at == nil || found.faults.contains { $0.sequence == at }, "\(found.faults)")
    }

    @Test("Whatever column of whatever event is changed, that event is named")
    func columns() async throws {
        try await makeStore()
        let original = try bytes(of: folder.store)
        for (column, values) in [
            ("domain", ["7", "-1"]), ("revision", ["revision + 50"]), ("kind", ["5", "6", "9"]),
        ] {
            for sequence in 1...14 {
                for value in values {
                    try original.write(to: URL(fileURLWithPath: folder.store))
                    let queue = try DatabaseQueue(path: folder.store)
                    let isChange = try await queue.read { database in
                        try Bool.fetchOne(
                            database,
                            sql: "SELECT \(column) IS NOT \(value) FROM event WHERE sequence = ?",
                            arguments: [sequence])
                    }
                    try queue.close()
                    guard isChange == true else { continue }
                    try tamperFreely(
                        "UPDATE event SET \(column) = \(value) WHERE sequence = \(sequence)")
                    let place: Comment = "\(column) = \(value) of \(sequence)"
                    let found = try await verify()
                    let isNamed = found.faults.contains {
                        $0.kind == .alteredEvent && $0.sequence == sequence
                    }
                    #expect(isNamed, place)
                }
            }
        }
    }

    /// Changes an event, and recomputes everything that depends on it, as an attacker would.
    private func forge(_ sequence: Int, replacing old: String, by new: String) throws {
        try tamperFreely(
            """
            UPDATE event SET line = replace(line, '\(old)', '\(new)') WHERE sequence = \(sequence)
            """)
        let queue = try DatabaseQueue(path: folder.store)
        try queue.write { database in
            var tree = MerkleTree()
            var last = 0
            let sizes = try Int.fetchSet(database, sql: "SELECT size FROM log_commit")
            for line in try String.fetchAll(
                database, sql: "SELECT line FROM event ORDER BY sequence")
            {
                tree.append(line.utf8)
                guard sizes.contains(tree.size) else { continue }
                try database.execute(
                    sql: "UPDATE log_commit SET nodes = ? WHERE size = ?",
                    arguments: [
                        Data(tree.newNodes(since: last).flatMap(\.bytes)), tree.size,
                    ])
                last = tree.size
            }
            let uuid = try String.fetchOne(database, sql: "SELECT uuid FROM store") ?? ""
            let head = StoreHead(origin: "momentlog/\(uuid)", size: tree.size, root: tree.root)
            try Data(head.text.utf8).write(to: URL(fileURLWithPath: folder.store + ".head"))
        }
        try queue.close()
    }

    @Test("Only a kept head detects an attacker who recomputes all hashes")
    func forged() async throws {
        try await makeStore()
        let kept = try await head()
        try forge(1, replacing: "admin@host", by: "nobody@host")
        let found = try await verify()
        #expect(found.isSound)
        let compared = try await verify(kept)
        #expect(compared.faults.map(\.kind) == [.headMismatch])
        #expect(compared.coverage?.covered == 0 && compared.isDamaged)
        #expect(compared.faults[0].message.contains("some of the first 14 were altered"))
    }

    @Test("A head covers all events before it, however many came later, and no others")
    func headsOfAllSizes() async throws {
        try await makeStore()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let lines = try await log.lines()
        let origin = try await log.head().origin
        for size in 0...lines.count {
            let root = naiveMerkleRoot(lines.prefix(size).map { Array($0.utf8) }[...])
            let kept = StoreHead(origin: origin, size: size, root: root)
            let found = try await log.verify(against: kept) { _ in }
            #expect(found.isSound && found.coverage?.covered == size, "\(size)")
            #expect(found.coverage?.later == lines.count - size, "\(size)")
            var other = root
            other[31] ^= 1
            let altered = try await log.verify(
                against: StoreHead(origin: origin, size: size, root: other)
            ) { _ in }
            #expect(altered.faults.map(\.kind) == [.headMismatch], "\(size)")
        }
        let foreign = StoreHead(origin: "momentlog/0", size: 1, root: [])
        let found = try await log.verify(against: foreign) { _ in }
        #expect(found.faults.first?.message.contains("is of another store") == true)
        await log.close()
    }

    @Test("An end that was cut off is seen by the head file, and without it by a kept head")
    func truncated() async throws {
        try await makeStore()
        let kept = try await head()
        try tamperFreely(
            """
            DELETE FROM event WHERE sequence > 10; DELETE FROM log_commit WHERE number > 4;
            UPDATE domain SET name = 'vm "1"' WHERE id = 1;
            UPDATE domain SET is_live = 1
            """)
        for _ in 0..<2 {
            let found = try await verify(kept)
            #expect(found.faults.first?.kind == .headMismatch)
            #expect(found.faults.first?.sequence == 11)
            #expect(found.faults.first?.message.contains("lists 14 events") == true)
            // The head file goes, too: nothing but the kept head knows.
            try? FileManager.default.removeItem(atPath: folder.store + ".head")
        }
        try? FileManager.default.removeItem(atPath: folder.store + ".head")
        let found = try await verify()
        #expect(found.faults.map(\.kind) == [.headMissing] && !found.isDamaged)
    }

    @Test("An older copy of the whole store is detected by a kept head, and by the head file")
    func olderCopy() async throws {
        try await makeStore()
        let (database, headFile) = try (
            bytes(of: folder.store), bytes(of: folder.store + ".head")
        )
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("new"))
        let kept = try await log.head()
        await log.close()
        try database.write(to: URL(fileURLWithPath: folder.store))
        let behind = try await verify()
        #expect(behind.faults.map(\.kind) == [.headMismatch])
        #expect(behind.faults.first?.sequence == 15)
        try headFile.write(to: URL(fileURLWithPath: folder.store + ".head"))
        #expect(try await verify().isSound)
        let found = try await verify(kept)
        #expect(found.faults.map(\.kind) == [.headMismatch])
        #expect(found.faults.first?.sequence == 15)
    }

    @Test("A forged snapshot is an error, and a damaged one a warning")
    func snapshots() async throws {
        try await makeStore()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let id = try #require(try await log.domains().first).id
        try await log.keepSnapshot(of: log.replay(id), id)
        #expect(try await log.verify(against: nil) { _ in }.isSound)
        // What a forger would write: another graph, under a checksum that fits.
        var forged = Domain(name: "vm")
        for event in try await log.events(EventQuery(domain: id)).map(\.event) {
            try forged.apply(event == .checkpointDeleted("b") ? .checkpointDeleted("c") : event)
        }
        try await log.keepSnapshot(of: forged, id)
        let found = try await log.verify(against: nil) { _ in }
        #expect(found.faults.map(\.kind) == [.alteredTable])
        #expect(found.faults.first?.severity == .error)
        #expect(found.faults.first?.message.contains("snapshot of domain") == true)
        await log.close()
        try tamperFreely("UPDATE snapshot SET content = x'00'")
        #expect(try await verify().faults.map(\.severity) == [.warning])
    }

    @Test("Verifying a log does not change it")
    func lookedAt() async throws {
        try await makeStore()
        let before = try folder.contents()
        let log = try await SQLiteEventLog.open(
            path: folder.store,
            options: SQLiteEventLog.Options(createsStore: false, access: .audit))
        #expect(try await log.verify(against: nil) { _ in }.isSound)
        try await expectRefusal(.readOnly) { try await log.append(.defining("vm9")) }
        await log.close()
        for (name, bytes) in before { #expect(try folder.contents()[name] == bytes) }
    }

    @Test(
        "An invalid head is refused",
        arguments: [
            "", "a\n", "a\n1\n", "\n1\nAAAA\n", "a\nx\nAAAA\n", "a\n1\nAAAA\n", "a\n-1\nAAAA\n",
            "a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
            // Another form of a head's own lines.
            "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
            "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\r\n",
            "a\r\n1\r\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\r\n",
            "a\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "a\n1 \n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= \n",
        ])
    func noHead(text: String) {
        #expect {
            try StoreHead(text, from: "kept")
        } throws: { error in
            (error as? MomentlogError)?.message.hasPrefix("kept is not a head: ") == true
        }
    }
}
