import CShims
import EventLog
import Moments

/// A row of the commits' table, whatever damage was done to it.
struct CommitRow {
    static let columns = "number, size, root, edge, time, actor, reason, request"

    let number: Int
    let size: Int
    let root: [UInt8]
    let edge: [UInt8]
    let time: Int64
    let provenance: Provenance

    /// Reads the row on which a statement of these columns stands.
    init(_ statement: UnsafeMutableRawPointer) {
        func bytes(_ column: CInt) -> [UInt8]? {
            var count: CInt = 0
            guard let start = momentlog_sqlite3_bytes(statement, column, &count) else { return nil }
            return Array(UnsafeRawBufferPointer(start: start, count: Int(count)))
        }
        func text(_ column: CInt) -> String? {
            bytes(column).map { String(decoding: $0, as: UTF8.self) }
        }
        number = Int(momentlog_sqlite3_number(statement, 0))
        size = Int(momentlog_sqlite3_number(statement, 1))
        root = bytes(2) ?? []
        edge = bytes(3) ?? []
        time = Int64(momentlog_sqlite3_number(statement, 4))
        provenance = Provenance(actor: text(5) ?? "", reason: text(6), request: text(7))
    }

    var stored: StoredCommit {
        StoredCommit(
            number: Int64(number), time: Timestamp(microseconds: time), provenance: provenance)
    }
}
