import CShims
import EventLog
import GRDB

/// A statement that inserts a row, whose values are bound from left to right.
///
/// They are passed to SQLite directly: GRDB creates several objects for each, which took more time
/// than everything else in a commit except its sync.
struct RowInsertion {
    private let database: Database
    /// Keeps the pointer valid.
    private let statement: Statement
    private let pointer: UnsafeMutableRawPointer
    private var place: CInt = 0
    /// The first failing result.
    private var result: CInt = 0

    /// - Throws: What SQLite throws for the statement.
    init(_ sql: String, _ database: Database) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
        pointer = UnsafeMutableRawPointer(statement.sqliteStatement)
    }

    mutating func add(_ number: (some FixedWidthInteger)?) {
        place += 1
        guard let number else { return note(momentlog_sqlite3_bind_null(pointer, place)) }
        note(momentlog_sqlite3_bind_number(pointer, place, Int64(number)))
    }

    mutating func add(_ text: String?) {
        guard var text else { return addNull() }
        text.withUTF8 { add(text: UnsafeRawBufferPointer($0)) }
    }

    mutating func add(text: UnsafeRawBufferPointer) {
        place += 1
        note(momentlog_sqlite3_bind_text(pointer, place, text.baseAddress, Int64(text.count)))
    }

    mutating func add(bytes: UnsafeRawBufferPointer) {
        place += 1
        note(momentlog_sqlite3_bind_blob(pointer, place, bytes.baseAddress, Int64(bytes.count)))
    }

    private mutating func addNull() {
        place += 1
        note(momentlog_sqlite3_bind_null(pointer, place))
    }

    private mutating func note(_ bound: CInt) { if result == 0 { result = bound } }

    /// Inserts the row.
    ///
    /// - Throws: `DatabaseError`.
    func run() throws {
        defer { momentlog_sqlite3_reset(pointer) }
        let stepped = result == 0 ? -momentlog_sqlite3_step(pointer) : result
        guard stepped == 0 else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: stepped), message: database.lastErrorMessage,
                sql: statement.sql)
        }
    }
}
