import Dispatch
import GRDB
import Moments
import Synchronization
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct PragmaTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let durable = ["wal", "2", "0"]

    private static func pragmas(_ database: Database) throws -> [String] {
        try ["journal_mode", "synchronous", "wal_autocheckpoint"].map { name in
            let value = try DatabaseValue.fetchOne(database, sql: "PRAGMA \(name)")
            return value.flatMap {
                String.fromDatabaseValue($0) ?? Int.fromDatabaseValue($0)?.description
            } ?? ""
        }
    }

    @Test("Each of the readers' connections has the settings that durability rests on")
    func readers() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        let found = Found()
        let group = DispatchGroup()
        for _ in 0..<4 { group.enter() }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<4 {
                tasks.addTask {
                    try await log.read { database in
                        // All wait for each other, so that each has its own connection.
                        group.leave()
                        #expect(group.wait(timeout: .now() + 60) == .success)
                        let settings = try Self.pragmas(database)
                        let connection = Int(bitPattern: database.sqliteConnection)
                        found.settings.withLock { $0[connection] = settings }
                    }
                }
            }
            try await tasks.waitForAll()
        }
        let settings = found.settings.withLock { $0 }
        #expect(settings.count == 4)
        #expect(settings.values.allSatisfy { $0 == Self.durable })
        await log.close()
    }

    @Test("The writer's configuration gives the settings that durability rests on")
    func writerConfiguration() throws {
        let memory = UnsafeWriterMemory()
        let queue = try DatabaseQueue(
            path: folder.store,
            configuration: SQLiteConnection.writerConfiguration(memory, busyTimeout: .seconds(5)))
        #expect(try queue.writeWithoutTransaction { try Self.pragmas($0) } == Self.durable)
        try queue.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE t (a)") }
        #expect(memory.walFrames.pointee > 0)
        try queue.close()
    }

    @Test("The connection that commits does so with synchronous FULL.")
    func committingConnection() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        for name in ["vm1", "vm2"] {
            _ = try await log.append(.defining(name))
            let settings = try await log.openedWriter().queue.inDatabase {
                try Self.pragmas($0)
            }
            #expect(settings == Self.durable)
        }
        await log.close()
    }

    @Test("A pool that writes would lower synchronous, and the check finds it")
    func poolLowersSynchronous() throws {
        let memory = UnsafeWriterMemory()
        let pool = try DatabasePool(
            path: folder.store,
            configuration: SQLiteConnection.writerConfiguration(memory, busyTimeout: .seconds(5)))
        let found = try pool.writeWithoutTransaction { try Self.pragmas($0) }
        #expect(found == ["wal", "1", "0"])
        #expect(throws: MomentlogError.self) {
            try pool.writeWithoutTransaction { try SQLiteConnection.checkPragmas($0) }
        }
        try pool.close()
    }

    @Test(
        "A setting that reads back otherwise is refused, by its name",
        arguments: [
            ("journal_mode", "DELETE"), ("journal_mode", "TRUNCATE"), ("synchronous", "NORMAL"),
            ("synchronous", "OFF"), ("synchronous", "EXTRA"), ("wal_autocheckpoint", "1000"),
        ])
    func otherSettings(name: String, value: String) throws {
        let queue = try DatabaseQueue(path: folder.store)
        try queue.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 0
                    """)
            try SQLiteConnection.checkPragmas(database)
            try database.execute(sql: "PRAGMA \(name) = \(value)")
            #expect {
                try SQLiteConnection.checkPragmas(database)
            } throws: { error in
                let error = error as? MomentlogError
                return error?.code == .storage && error?.message.contains(name) == true
            }
        }
        try queue.close()
    }
}

/// A class because several readers share it with the test.
private final class Found: Sendable {
    /// The settings of each connection, by its address.
    let settings = Mutex<[Int: [String]]>([:])
}
