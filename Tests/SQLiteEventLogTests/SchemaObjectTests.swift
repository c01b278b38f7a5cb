import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct SchemaObjectTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The known hash of the schema is that of what the migrations make.")
    func digest() throws {
        let digest = try DatabaseQueue().write { database in
            try SchemaVersion.create(in: database)
            return try SchemaObject.digest(of: database)
        }
        #expect(digest == SchemaObject.expectedDigest)
    }

    @Test(
        "A store with an object that is not momentlog's is read and verified, but not written to.",
        arguments: [
            "CREATE TRIGGER event AFTER INSERT ON event BEGIN SELECT 1; END",
            "CREATE TRIGGER request AFTER INSERT ON request BEGIN SELECT RAISE(IGNORE); END",
            "CREATE INDEX mine ON event (kind)", "CREATE TABLE mine (a)",
            "CREATE VIEW mine AS SELECT 1",
        ])
    func unknownObject(sql: String) async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let receipt = try await log.append(.defining("vm1"))
        await log.close()
        try tamper(folder.store, sql)
        let again = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await again.replay(receipt.domain).name == "vm1")
        try await expectRefusal(.unknownSchemaObject) { _ = try await again.append(.defining("b")) }
        await again.close()
        let found = try await SQLiteEventLog.check(path: folder.store)
        #expect(found.faults.map(\.kind) == [.unknownSchemaObject])
    }

    @Test(
        "A column of the schema that is no text any more is found, although SQLite reads it.",
        arguments: ["type", "name", "tbl_name", "sql"])
    func columnOfAnotherType(column: String) async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        await log.close()
        try tamper(
            folder.store,
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET \(column) = CAST(\(column) AS BLOB) WHERE name = 'domain';
            """)
        let found = try await SQLiteEventLog.check(path: folder.store)
        #expect(!found.isSound, "\(found.faults)")
    }

    @Test("Statistics that ANALYZE makes are no obstacle.")
    func statistics() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        await log.close()
        try tamper(folder.store, "ANALYZE")
        let again = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await again.append(.defining("vm2"))
        await again.close()
        #expect(try await SQLiteEventLog.check(path: folder.store).isSound)
    }

    @Test("An object that appears while a session is open stops its next commit.")
    func duringSession() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        try tamper(folder.store, "CREATE INDEX mine ON event (kind)")
        try await expectRefusal(.unknownSchemaObject) { _ = try await log.append(.defining("b")) }
        await log.close()
    }
}
