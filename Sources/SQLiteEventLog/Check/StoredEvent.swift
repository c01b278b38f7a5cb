import CShims
import EventLog

/// A row of the events' table, as long as the statement stands on it.
struct StoredEvent {
    /// The columns in the order in which they are read.
    static let columns =
        "sequence, number, domain, revision, kind, checkpoint, parent, creation_time, disks,"
        + " definition, claims, description, disk, verdict, line"

    private let statement: UnsafeMutableRawPointer

    init(_ statement: UnsafeMutableRawPointer) { self.statement = statement }

    var sequence: Int64 { number(0) }
    var commit: Int64 { number(1) }
    var domain: Int64 { number(2) }
    var revision: Int64 { number(3) }
    var kind: Int64 { number(4) }
    var checkpoint: UnsafeRawBufferPointer? { bytes(5) }
    var parent: UnsafeRawBufferPointer? { bytes(6) }
    var creationTime: Int64? { optional(7) }
    var disks: Int64? { optional(8) }
    var definition: Int64? { optional(9) }
    var claims: Int64? { optional(10) }
    var description: UnsafeRawBufferPointer? { bytes(11) }
    var disk: UnsafeRawBufferPointer? { bytes(12) }
    var verdict: Int64? { optional(13) }
    var line: UnsafeRawBufferPointer { bytes(14) ?? UnsafeRawBufferPointer(start: nil, count: 0) }

    /// Whether the columns are empty that only events about checkpoints' metadata fill.
    var hasNoMetadata: Bool { hasNoMetadataButDefinition && isNull(9) }

    var hasNoMetadataButDefinition: Bool { hasNoMetadataButTime && isNull(7) && hasNoObservation }

    /// Whether those are empty that an observation does not fill, its time left out.
    var hasNoMetadataButTime: Bool { isNull(6) && isNull(8) && isNull(11) }

    /// Whether the columns are empty that only observations fill.
    var hasNoObservation: Bool { isNull(12) && isNull(13) }

    private func isNull(_ column: CInt) -> Bool {
        momentlog_sqlite3_is_null(statement, column) != 0
    }

    private func number(_ column: CInt) -> Int64 {
        Int64(momentlog_sqlite3_number(statement, column))
    }

    private func optional(_ column: CInt) -> Int64? {
        isNull(column) ? nil : number(column)
    }

    private func bytes(_ column: CInt) -> UnsafeRawBufferPointer? {
        var count: CInt = 0
        guard let start = momentlog_sqlite3_bytes(statement, column, &count) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: Int(count))
    }
}
