import CShims
import GRDB

/// A row of the commits' table, as long as the statement stands on it.
struct CommitRow {
    /// The columns in the order in which they are read.
    static let columns = "number, size, root, edge, time, actor, reason, request"

    private let row: StoredRow

    init(_ statement: UnsafeMutableRawPointer) { row = StoredRow(statement) }

    var number: Int { Int(row.number(0)) }
    var size: Int { Int(row.number(1)) }
    var root: UnsafeRawBufferPointer {
        row.bytes(2) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
    var edge: UnsafeRawBufferPointer {
        row.bytes(3) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
    var time: Int64 { row.number(4) }
    var actor: UnsafeRawBufferPointer? { row.bytes(5) }
    var reason: UnsafeRawBufferPointer? { row.bytes(6) }
    var request: UnsafeRawBufferPointer? { row.bytes(7) }
}

/// A row of the events' table, as long as the statement stands on it.
struct StoredEvent {
    /// The columns in the order in which they are read.
    static let columns =
        "sequence, number, domain, revision, kind, checkpoint, parent, creation_time, disks,"
        + " definition, claims, description, line"

    private let row: StoredRow

    init(_ statement: UnsafeMutableRawPointer) { row = StoredRow(statement) }

    var sequence: Int64 { row.number(0) }
    var commit: Int64 { row.number(1) }
    var domain: Int64 { row.number(2) }
    var revision: Int64 { row.number(3) }
    var kind: Int64 { row.number(4) }
    var checkpoint: UnsafeRawBufferPointer? { row.bytes(5) }
    var parent: UnsafeRawBufferPointer? { row.bytes(6) }
    var creationTime: Int64 { row.number(7) }
    var disks: Int64? { row.optional(8) }
    var definition: Int64? { row.optional(9) }
    var claims: Bool { row.number(10) == 1 }
    var description: UnsafeRawBufferPointer? { row.bytes(11) }
    var line: UnsafeRawBufferPointer {
        row.bytes(12) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
}

/// The columns of the row that a statement stands on.
struct StoredRow {
    private let statement: UnsafeMutableRawPointer

    init(_ statement: UnsafeMutableRawPointer) { self.statement = statement }

    /// Goes on to the next row; false at the end.
    func step() throws -> Bool {
        let result = momentlog_sqlite3_step(statement)
        guard result >= 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: -result)) }
        return result == 1
    }

    func number(_ column: CInt) -> Int64 {
        Int64(momentlog_sqlite3_number(statement, column))
    }

    func optional(_ column: CInt) -> Int64? {
        momentlog_sqlite3_is_null(statement, column) != 0 ? nil : number(column)
    }

    /// Bytes that live until the next step; nil for null.
    func bytes(_ column: CInt) -> UnsafeRawBufferPointer? {
        var count: CInt = 0
        guard let start = momentlog_sqlite3_bytes(statement, column, &count) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: Int(count))
    }
}
