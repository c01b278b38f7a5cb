import CShims
import EventLog
import GRDB

/// Reads one state of a database.
enum ReadTransaction {
    /// Runs a closure in a transaction that only reads, and ends it.
    ///
    /// If it cannot be ended, for lack of memory, it is ended before the connection reads anything
    /// else: nothing is read from an old state.
    ///
    /// - Parameter cancellation: Interrupts SQLite, with `SQLITE_INTERRUPT`.
    static func run<Value>(
        in database: Database, _ cancellation: Cancellation?,
        _ body: (Database) throws -> Value
    ) throws -> Value {
        try cancellation?.check()
        try database.rollback()
        try database.beginTransaction(.deferred)
        // Try again if it fails: memory may be available again.
        defer { if (try? database.rollback()) == nil { try? database.rollback() } }
        guard let cancellation,
            let connection = database.sqliteConnection.map(UnsafeMutableRawPointer.init)
        else { return try body(database) }
        momentlog_sqlite3_ask(
            connection, instructionsBetween,
            { context in
                guard let context else { return 0 }
                let asked = Unmanaged<Cancellation>.fromOpaque(context).takeUnretainedValue()
                return asked.isCancelled ? 1 : 0
            }, Unmanaged.passUnretained(cancellation).toOpaque())
        // Before the transaction is ended, which must not be interrupted.
        defer { momentlog_sqlite3_ask(connection, 0, nil, nil) }
        return try withExtendedLifetime(cancellation) { try body(database) }
    }

    /// A statement that walks over rows needs about ten for each of them.
    private static let instructionsBetween: CInt = 10_000
}
