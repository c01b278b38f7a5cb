import CShims
import EventLog
import GRDB

/// A statement that inserts a row, whose values are given from left to right.
///
/// They go to SQLite as they are: GRDB makes several objects of each, which took more time than
/// all else that a commit has to do but for its sync.
struct RowInsertion {
    private let database: Database
    /// Held so that the pointer stays good.
    private let statement: Statement
    private let pointer: UnsafeMutableRawPointer
    private var place: CInt = 0
    /// The first result that was not good.
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
