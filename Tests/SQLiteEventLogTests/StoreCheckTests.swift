import Foundation
import GRDB
import Moments
import TestSupport
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// The check of all that a store holds: it names the place of whatever is altered, and nothing
/// else.
struct StoreCheckTests {
    @Test("A sound store has no problem, and is not touched")
    func sound() async throws {
        let store = try await CheckedStore()
        let before = try store.folder.contents()
        let found = try await store.check()
        #expect(found.faults == [] && found.faultCount == 0 && found.coverage == nil)
        #expect(found.isSound && found.head.size == 23 && found.commits == 11)
        #expect(try store.folder.contents().filter { before[$0.key] != nil } == before)
        // A WAL that is not in the database yet is read, and left.
        let log = try await SQLiteEventLog.opened(at: store.folder.store)
        _ = try await log.append(.defining("more"))
        let open = try store.folder.contents()
        let more = try await store.check()
        #expect(more.isSound && more.head.size == 24)
        #expect(try store.folder.contents()["store.db-wal"] == open["store.db-wal"])
        await log.close()
    }

    /// A column, and what tells its row.
    struct Column: Sendable, CustomStringConvertible {
        var table: String
        var key: String
        var name: String
        /// Other columns whose fault it may look like.
        var alias: [String] = []

        var description: String { "\(table).\(name)" }
    }

    static let columns: [Column] =
        ["domain", "revision", "kind", "line", "sequence"].map {
            Column(table: "event", key: "sequence", name: $0)
        }
        + ["number", "size", "nodes"].map {
            Column(table: "log_commit", key: "number", name: $0)
        }
        + ["sha256", "content"].map { Column(table: "definition", key: "id", name: $0) }
        + ["id", "name", "uuid", "is_live"].map { Column(table: "domain", key: "id", name: $0) }
        + ["name", "fingerprint", "number", "sha256"].map {
            Column(table: "request", key: "name", name: $0)
        }
        + ["domain", "revision", "sequence", "leaf", "format", "sha256", "content"].map {
            Column(table: "snapshot", key: "id", name: $0)
        }
        + ["uuid", "time", "uri", "host", "libvirt", "checkpoints", "sha256"].map {
            Column(table: "observation", key: "uuid", name: $0)
        }

    @Test("One bit of one value, and its place is named", arguments: columns, Seeds.few)
    func bits(column: Column, seed: UInt64) async throws {
        let store = try await CheckedStore()
        var random = SplitMix64(seed: seed)
        var flips = 0
        for _ in 0..<25 {
            try store.reset()
            let flipped = try store.change { database in
                try Self.flip(column, in: database, &random)
            }
            guard let (row, what) = flipped else { continue }
            flips += 1
            let found = try await store.check()
            let isNamed = found.faults.contains { Self.names($0, column, row) }
            #expect(isNamed, "seed \(seed), \(column) of \(row), \(what): \(found.faults)")
            #expect(found.faults.allSatisfy { !$0.message.isEmpty })
        }
        #expect(flips > 4, "seed \(seed), \(column): only \(flips) bits could be flipped")
    }

    /// Flips a random bit of a random row's value; returns the row's key before, or nil if
    /// there was none, or the table does not allow it.
    private static func flip(
        _ column: Column, in database: Database, _ random: inout SplitMix64
    ) throws -> (String, String)? {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT CAST(\(column.key) AS TEXT), \(column.key), \(column.name),
                    typeof(\(column.name))
                FROM \(column.table) WHERE \(column.name) IS NOT NULL
                """)
        guard let row = rows.randomElement(using: &random) else { return nil }
        let key: DatabaseValue = row[1]
        var value: any DatabaseValueConvertible = 0
        var cast = "?"
        let bit: Int
        if row[3] == "integer" {
            bit = Int.random(in: 0..<62, using: &random)
            value = (row[2] as Int64) ^ (1 << Int64(bit))
        } else {
            var bytes = row[3] == "text" ? Data((row[2] as String).utf8) : row[2] as Data
            guard !bytes.isEmpty else { return nil }
            bit = Int.random(in: 0..<bytes.count * 8, using: &random)
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            value = bytes
            if row[3] == "text" { cast = "CAST(? AS TEXT)" }
        }
        do {
            try database.execute(
                sql: "UPDATE \(column.table) SET \(column.name) = \(cast) WHERE \(column.key) = ?",
                arguments: [value, key])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            return nil
        }
        return (row[0], "bit \(bit) of \(row[2] as DatabaseValue)")
    }

    private static func names(
        _ fault: Verification.Fault, _ column: Column, _ row: String
    ) -> Bool {
        guard fault.place.table == column.table else { return false }
        // A row under another number: where it was, where it is, or what names it.
        if column.name == column.key || column.table == "snapshot" && column.name == "domain" {
            return true
        }
        if column.table == "event", column.name == "line" {
            // What stands in the line alone is hashed with its commit's other lines.
            let ends = (fault.place.row ?? "").split(separator: " to ").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, let sequence = Int(row) else {
                return false
            }
            return fault.place.column == "line" && (first...last).contains(sequence)
        }
        // Which of a snapshot's columns was altered cannot be determined, and of a request only
        // the row.
        let isOfRow = ["snapshot", "request", "observation"].contains(column.table)
        return fault.place.row == row && (isOfRow || fault.place.column == column.name)
    }

    @Test("Each bit of the head file is verified")
    func headBits() async throws {
        let store = try await CheckedStore()
        for byte in store.head.indices {
            // Each byte once, and each bit in turn.
            let bit = byte * 8 + byte % 8
            var head = store.head
            head[bit / 8] ^= 1 << UInt8(bit % 8)
            try head.write(to: URL(fileURLWithPath: store.folder.store + ".head"))
            let found = try await store.check()
            #expect(!found.isSound, "bit \(bit)")
            #expect(
                found.faults.allSatisfy { $0.place == .headFile }, "bit \(bit): \(found.faults)")
        }
    }

    @Test(
        "A flipped bit of the database file that changes an answer is reported",
        arguments: Seeds.few)
    func rawBits(seed: UInt64) async throws {
        let store = try await CheckedStore()
        let content = try store.content()
        var random = SplitMix64(seed: seed)
        var (reported, harmless) = (0, 0)
        for _ in 0..<500 {
            var database = store.bytesOfDatabase
            let bit = Int.random(in: 0..<database.count * 8, using: &random)
            database[bit / 8] ^= 1 << UInt8(bit % 8)
            try store.reset(database)
            do throws(MomentlogError) {
                let found = try await SQLiteEventLog.check(path: store.folder.store)
                if found.isSound {
                    harmless += 1
                    let now = try? store.content()
                    let changed = Set(now.map { Self.compared($0) } ?? ["unreadable"])
                        .symmetricDifference(Self.compared(content))
                    #expect(changed.isEmpty, "seed \(seed), bit \(bit)")
                } else {
                    reported += 1
                }
            } catch {
                // The file's first page says that it is no store at all.
                #expect(
                    bit / 8 < 100 && [.storage, .tooNew].contains(error.code),
                    "seed \(seed), bit \(bit): \(error)")
            }
        }
        print("bits of the file: seed \(seed), \(reported) reported, \(harmless) of no consequence")
        #expect(reported > 30)
    }

    /// What can be compared: not the numbers of the rows of definitions and snapshots.
    private static func compared(_ content: String) -> [String] {
        content.split(separator: "\n\n", omittingEmptySubsequences: false).enumerated().flatMap {
            index, table in
            table.split(separator: "\n").map { row in
                let fields = row.split(separator: "|", omittingEmptySubsequences: false)
                switch index {
                // The number of a definition's row means nothing.
                case 2: return fields.dropFirst().joined(separator: "|")
                case 4: return String(fields[1])
                case 6: return fields.dropFirst().joined(separator: "|")
                default: return String(row)
                }
            }
        }
    }

    @Test(
        "What may be so is no problem",
        arguments: [
            "DELETE FROM snapshot", "DELETE FROM snapshot WHERE id = 1",
            "DELETE FROM snapshot WHERE id = 2",
            "ANALYZE",
            "INSERT INTO definition (sha256, content) VALUES "
                + "(x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', x'')",
        ])
    func nearMisses(sql: String) async throws {
        let store = try await CheckedStore()
        try store.change { try $0.execute(sql: sql) }
        let found = try await store.check()
        #expect(found.isSound, "\(found.faults)")
    }

    @Test("A head file that is older than the log is no fault, and one without a head is")
    func olderHead() async throws {
        let store = try await CheckedStore()
        let log = try await SQLiteEventLog.opened(at: store.folder.store)
        _ = try await log.append(.defining("later"))
        await log.close()
        try store.head.write(to: URL(fileURLWithPath: store.folder.store + ".head"))
        #expect(try await store.check().isSound)
        let path = store.folder.store + ".head"
        for content in [nil, "", "\0\0\0", "no head\n"] {
            try? FileManager.default.removeItem(atPath: path)
            if let content { try Data(content.utf8).write(to: URL(fileURLWithPath: path)) }
            let found = try await store.check()
            #expect(found.faults.map(\.kind) == [.headMissing], "\(content ?? "none")")
            #expect(!found.isSound && !found.isDamaged)
        }
    }

    @Test(
        "Changes by other tools are reported with their position",
        arguments: [
            ("DROP INDEX event_of_domain", "schema event_of_domain"),
            (
                "DROP INDEX live_domain_name; CREATE INDEX live_domain_name ON domain (name)",
                "schema live_domain_name"
            ),
            (
                "CREATE TRIGGER sly AFTER INSERT ON event BEGIN DELETE FROM request; END",
                "schema sly"
            ),
            ("CREATE TABLE mine (id)", "schema mine"),
            ("DELETE FROM request WHERE name = 'r2'", "request r2"),
            ("UPDATE request SET number = 3 WHERE name = 'r2'", "request r2"),
            ("DELETE FROM domain WHERE id = 3", "domain 3"),
            ("INSERT INTO domain (id, name, is_live) VALUES (9, 'x', 0)", "domain 9"),
            ("DELETE FROM definition WHERE id = 2", "definition"),
            ("UPDATE snapshot SET domain = 77 WHERE id = 1", "snapshot 1, column sequence"),
            ("UPDATE snapshot SET revision = 99 WHERE id = 2", "snapshot 2, column sequence"),
            ("DELETE FROM event WHERE sequence = 3", "event 3"),
            ("DELETE FROM event WHERE sequence = 23", "event 23"),
            ("DELETE FROM log_commit WHERE number = 4", "log_commit 4"),
            (
                "UPDATE store SET initial_strips_secrets = 1",
                "store 1, column initial_strips_secrets"
            ),
            ("UPDATE store SET uuid = upper(uuid)", "head file"),
            ("PRAGMA user_version = 77", "database, column user_version"),
            ("PRAGMA user_version = 3", "database, column user_version"),
            ("PRAGMA application_id = 7", "database, column application_id"),
        ])
    func changes(sql: String, place: String) async throws {
        let store = try await CheckedStore()
        try store.change { try $0.execute(sql: sql) }
        let found = try await store.check()
        // A definition that is missing is named by its digest.
        #expect(
            found.faults.contains {
                $0.place.description == place || $0.place.table == place
            }, "\(found.faults)")
        let isUnknown = sql.contains("sly") || sql.contains("mine")
        #expect(found.faults.contains { $0.kind == .unknownSchemaObject } == isUnknown)
        #expect(found.isDamaged == found.faults.contains(where: \.isDamage))
        if isUnknown { #expect(!found.isDamaged, "\(found.faults)") }
    }

    @Test(
        "Commits of impossible sizes are reported without ending the process",
        arguments: [
            """
            DELETE FROM event WHERE sequence = 9;
            UPDATE log_commit SET size = 9223372036854775807, nodes = zeroblob(63 * 32)
                WHERE number = 6
            """,
            """
            DELETE FROM event WHERE sequence = 9;
            UPDATE log_commit SET size = 9223372036854775806, nodes = zeroblob(62 * 32)
                WHERE number = 6
            """,
            """
            INSERT INTO log_commit VALUES (12, 9223372036854775807, zeroblob(63 * 32));
            INSERT INTO log_commit VALUES (13, 9223372036854775807, zeroblob(32))
            """,
            "UPDATE event SET sequence = 9223372036854775807 WHERE sequence = 23",
            "UPDATE log_commit SET number = 9223372036854775807 WHERE number = 11",
        ])
    func impossibleSizes(sql: String) async throws {
        let store = try await CheckedStore()
        try store.change { try $0.execute(sql: sql) }
        for depth in [Verification.Depth.log, .contents, .everything] {
            let found = try await SQLiteEventLog.check(path: store.folder.store, depth: depth)
            #expect(found.isDamaged, "\(depth)")
        }
    }

    @Test(
        "A store of an earlier schema with a damaged commit is verified as a damaged one.",
        arguments: ["edge = x'00'", "size = -1", "size = 1"])
    func earlierDamage(change: String) async throws {
        let folder = try TemporaryFolder()
        let stores = Fixtures.repository.appending(path: "Tests/Fixtures/stores")
        for suffix in ["", ".head"] {
            try FileManager.default.copyItem(
                atPath: stores.appending(path: "schema-8.db" + suffix).path,
                toPath: folder.store + suffix)
        }
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder.store)
        try tamper(
            folder.store,
            "DROP TRIGGER log_commit_refuses_update;"
                + " UPDATE log_commit SET \(change) WHERE number = 3")
        let found = try await SQLiteEventLog.check(path: folder.store)
        #expect(found.isDamaged && !found.faults.contains { $0.message.contains("constraint") })
    }

    @Test("A kept head is compared at each depth, also with a store that is behind it")
    func keptHead() async throws {
        let store = try await CheckedStore()
        let head = try #require(StoreHead(String(decoding: store.head, as: UTF8.self)))
        for depth in [Verification.Depth.log, .everything] {
            try store.reset()
            let found = try await SQLiteEventLog.check(
                path: store.folder.store, against: head, depth: depth)
            #expect(found.isSound && found.coverage?.covered == head.size)
            try store.change { database in
                try database.execute(
                    sql: """
                        DELETE FROM event WHERE sequence > 17;
                        DELETE FROM log_commit WHERE size > 17
                        """)
            }
            let behind = try await SQLiteEventLog.check(
                path: store.folder.store, against: head, depth: depth)
            #expect(behind.isDamaged && behind.coverage?.covered == 0)
            #expect(behind.faults.contains { $0.place == StorePlace(table: "kept head") })
        }
    }

    @Test("A dropped trigger is reported, and a store behind its head is verified")
    func openings() async throws {
        let store = try await CheckedStore()
        try tamper(store.folder.store, "DROP TRIGGER event_refuses_update")
        #expect(
            try await store.check().faults.map(\.place.description)
                == ["schema event_refuses_update"])
        try store.reset()
        try store.change { database in
            try database.execute(
                sql: """
                    DELETE FROM event WHERE sequence > 17;
                    DELETE FROM log_commit WHERE size > 17
                    """)
        }
        try await expectRefusal(.behindHead) {
            _ = try await SQLiteEventLog.opened(at: store.folder.store)
        }
        let behind = try await store.check()
        #expect(behind.faults.contains { $0.kind == .headMismatch && $0.sequence == 18 })
        try FileManager.default.removeItem(atPath: store.folder.store)
        #expect(try await store.check().faults.map(\.place) == [.headFile])
        try FileManager.default.removeItem(atPath: store.folder.store + ".head")
        try await expectRefusal(.storage) { try await store.check() }
        #expect(
            try store.folder.names().allSatisfy { $0.hasSuffix("-shm") || $0.hasSuffix("-wal") })
    }

    @Test("The first faults of each kind are listed, and all are counted")
    func many() async throws {
        let folder = try TemporaryFolder()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm"))
        for number in 0..<30 {
            receipt = try await log.append(
                .appending(
                    (0..<10).flatMap { Event.creating("c\(number)-\($0)") }, after: receipt,
                    named: "vm"))
        }
        await log.close()
        try tamper(
            folder.store,
            """
            DROP TRIGGER event_refuses_update;
            UPDATE event SET kind = 9 WHERE kind > 3;
            CREATE TRIGGER event_refuses_update BEFORE UPDATE ON event
            BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END
            """)
        let found = try await SQLiteEventLog.check(path: folder.store)
        #expect(found.faults.count { $0.kind == .alteredEvent } == Verification.maximumFaultCount)
        #expect(found.faultCount >= 600)
        #expect(found.faults.first?.place == .event(2, "kind"))
    }
}
