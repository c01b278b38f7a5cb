import CShims
import EventLog
import GRDB
import Moments

/// The setup of connections to the store, and its checks.
enum SQLiteConnection {
    /// "MOML": marks a database as a store of momentlog.
    static let applicationID: Int32 = 0x4D4F_4D4C

    /// Returns the settings of the one connection that writes.
    ///
    /// GRDB's pool would set `synchronous` to NORMAL after `prepareDatabase`, and commit when it is
    /// merely opened; a queue leaves both to us.
    static func writerConfiguration(
        _ memory: UnsafeWriterMemory, busyTimeout: Duration
    ) -> Configuration {
        var configuration = Configuration()
        configuration.label = "momentlog.writer"
        // Where even a ROLLBACK fails, for lack of memory, GRDB would end the process.
        configuration.allowsUnsafeTransactions = true
        // The references document what belongs together. Checking each at every insert would cost
        // time, and only a commit's own rows name what does not exist yet.
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(busyTimeout.seconds)
        configuration.prepareDatabase { database in
            // Read to the end: SQLite reports the mode before the change is committed, and a caller
            // that stops there misses a failure.
            let mode = try String.fetchAll(database, sql: "PRAGMA journal_mode = WAL").first
            guard mode == "wal" else { throw unfit("journal_mode", mode, "wal") }
            try database.execute(
                sql: "PRAGMA synchronous = FULL")
            try leaveCheckpoints(database)
            guard let connection = database.sqliteConnection else {
                throw MomentlogError(.storage, "SQLite gave no connection")
            }
            let raw = UnsafeMutableRawPointer(connection)
            momentlog_sqlite3_count_wal_frames(raw, memory.walFrames)
            guard momentlog_sqlite3_define_lease(raw, memory.holdsLease) == 0 else {
                throw MomentlogError(.storage, "this SQLite takes no functions")
            }
            try checkPragmas(database)
            if Sabotage.skipsSync.isOn { try database.execute(sql: "PRAGMA synchronous = OFF") }
        }
        return configuration
    }

    /// Ensures that a connection causes no checkpoint, and so changes nothing in a store unless it
    /// is asked to.
    static func leaveCheckpoints(_ database: Database) throws {
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        guard let connection = database.sqliteConnection,
            momentlog_sqlite3_checkpoints_on_close(UnsafeMutableRawPointer(connection), 0) == 0
        else {
            throw MomentlogError(
                .storage, "this SQLite cannot disable checkpoints on close")
        }
    }

    /// Prepares connections that read.
    ///
    /// - Throws: ``SchemaOutdated`` for a database of an earlier schema, ``SchemaAbsent`` for one
    ///   that has none, and what ``SchemaVersion/check(_:_:)`` throws.
    static func prepareReader(_ database: Database, _ files: StoreFiles) throws {
        // In one transaction: another process may be creating the store.
        try database.inTransaction(.deferred) {
            switch try SchemaVersion.check(database, files) {
            case .current: return .commit
            case .older: throw SchemaOutdated()
            case .none: throw SchemaAbsent()
            }
        }
        try database.execute(sql: "PRAGMA synchronous = FULL")
    }

    /// The pragmas that durability depends on, with their required values.
    static let demanded: [(name: String, value: String)] = [
        ("journal_mode", "wal"), ("synchronous", "2"), ("wal_autocheckpoint", "0"),
    ]

    /// Reads the pragmas back, since SQLite ignores what it cannot do.
    ///
    /// - Throws: ``MomentlogError`` with `storage` for one that does not have its required value.
    static func checkPragmas(_ database: Database) throws {
        for (name, value) in demanded {
            let found = try DatabaseValue.fetchOne(database, sql: "PRAGMA \(name)")
            let text = found.flatMap {
                String.fromDatabaseValue($0) ?? Int.fromDatabaseValue($0)?.description
            }
            guard text == value else { throw unfit(name, text, value) }
        }
    }

    private static func unfit(_ pragma: String, _ found: String?, _ wanted: String)
        -> MomentlogError
    {
        MomentlogError(
            .storage,
            "SQLite's \(pragma) is \(found ?? "missing") where a store needs \(wanted)",
            hint: "keep the store on a local file system that SQLite's WAL works on")
    }
}

/// A database has yet to be brought to the schema that this momentlog knows.
struct SchemaOutdated: Error {}

/// Memory that SQLite and its writer share, for the life of a connection.
///
/// `@unchecked`: only the writer uses it, on its connection's queue.
final class UnsafeWriterMemory: @unchecked Sendable {
    /// The number of frames in the WAL after the last commit of the connection.
    let walFrames: UnsafeMutablePointer<CInt>
    /// Whether the connection may insert: what `momentlog_lease()` is in the schema's triggers.
    let holdsLease: UnsafeMutablePointer<CInt>

    init() {
        walFrames = .allocate(capacity: 1)
        walFrames.initialize(to: 0)
        holdsLease = .allocate(capacity: 1)
        holdsLease.initialize(to: 0)
    }

    deinit {
        walFrames.deallocate()
        holdsLease.deallocate()
    }
}
