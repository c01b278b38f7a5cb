import CShims
import EventLog
import GRDB

/// The columns of a statement's present row.
struct StoredRow {
    private let statement: UnsafeMutableRawPointer

    init(_ statement: UnsafeMutableRawPointer) { self.statement = statement }

    /// Advances to the next row; false at the end.
    func step() throws -> Bool {
        let result = momentlog_sqlite3_step(statement)
        guard result >= 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: -result)) }
        return result == 1
    }

    /// Ends the statement's run, so that it can run again.
    func reset() { momentlog_sqlite3_reset(statement) }

    func number(_ column: CInt) -> Int64 {
        Int64(momentlog_sqlite3_number(statement, column))
    }

    /// Returns bytes that are valid until the next step; nil for null.
    func bytes(_ column: CInt) -> UnsafeRawBufferPointer? {
        var count: CInt = 0
        guard let start = momentlog_sqlite3_bytes(statement, column, &count) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: Int(count))
    }
}
