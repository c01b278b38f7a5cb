import EventLog
import GRDB

/// Reads one state of a database.
enum ReadTransaction {
    /// Runs a closure in a transaction that only reads, and ends it.
    ///
    /// One that cannot be ended, for want of memory, is ended before the connection reads
    /// anything else: nothing is read from an old state.
    static func run<Value>(
        in database: Database, _ body: (Database) throws -> Value
    ) throws -> Value {
        try database.rollback()
        try database.beginTransaction(.deferred)
        // Once more where it fails: what is short of memory may have some again.
        defer { if (try? database.rollback()) == nil { try? database.rollback() } }
        return try body(database)
    }
}
