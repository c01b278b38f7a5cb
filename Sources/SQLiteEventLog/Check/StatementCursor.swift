import CShims
import EventLog
import GRDB

/// A statement whose rows are read one by one, without a copy.
struct StatementCursor {
    let raw: UnsafeMutableRawPointer
    private(set) var hasRow = false

    init(_ raw: UnsafeMutableRawPointer) { self.raw = raw }

    /// Goes to the next row, if there is one.
    mutating func next() throws {
        hasRow = false
        let result = momentlog_sqlite3_step(raw)
        guard result >= 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: -result)) }
        hasRow = result == 1
    }
}

extension StatementCursor {
    /// Runs a closure with cursors over all events and all commits of a log, each before its
    /// first row. They end with it, and with them what points into them.
    static func overLog<Result>(
        in database: Database,
        _ body: (_ events: inout StatementCursor, _ commits: inout StatementCursor) throws -> Result
    ) throws -> Result {
        let events = try database.makeStatement(
            sql: "SELECT \(StoredEvent.columns) FROM event ORDER BY sequence")
        let commits = try database.makeStatement(
            sql: "SELECT \(CommitRow.columns) FROM log_commit ORDER BY number")
        return try withExtendedLifetime((events, commits)) {
            var eventCursor = StatementCursor(UnsafeMutableRawPointer(events.sqliteStatement))
            var commitCursor = StatementCursor(UnsafeMutableRawPointer(commits.sqliteStatement))
            return try body(&eventCursor, &commitCursor)
        }
    }
}
