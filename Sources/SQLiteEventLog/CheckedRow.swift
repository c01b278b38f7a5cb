import EventLog
import GRDB
import Moments

/// An event's row whose line is decoded and matches the other columns.
struct CheckedRow {
    let parsed: ParsedLine
    let bytes: UnsafeRawBufferPointer

    /// Reads the present row of a statement with the columns line, sequence, domain, revision and
    /// kind.
    ///
    /// - Parameter domain: The stream that the row was found in; nil for the whole log. Lines of
    ///   earlier versions do not state their domain.
    /// - Throws: ``MomentlogError`` with `corrupt`, naming the row.
    init(_ row: StoredRow, of domain: Int64?) throws(MomentlogError) {
        guard let bytes = row.bytes(0) else { throw Self.altered(row.number(1), "line") }
        self.bytes = bytes
        do throws(MomentlogError) {
            parsed = try ParsedLine(bytes)
        } catch {
            guard error.code != .tooNew else { throw error }
            throw MomentlogError(
                .corrupt, "event \(row.number(1)), column line: \(error.message)",
                hint: "see what is damaged before you restore a backup", suggestion: .verify,
                cause: error)
        }
        if Sabotage.believesColumns.isOn { return }
        let index = try EventIndex(parsed) { _ throws(MomentlogError) in row.number(2) }
        if Int64(parsed.sequence) != row.number(1) { throw Self.altered(row.number(1), "sequence") }
        if index.domain != row.number(2) { throw Self.altered(row.number(1), "domain") }
        if Int64(index.revision) != row.number(3) { throw Self.altered(row.number(1), "revision") }
        if Int64(index.kind) != row.number(4) { throw Self.altered(row.number(1), "kind") }
    }

    private static func altered(_ sequence: Int64, _ column: String) -> MomentlogError {
        MomentlogError(
            .corrupt, "event \(sequence), column \(column) was altered: it does not match the line",
            hint: "see what is damaged before you restore a backup", suggestion: .verify)
    }
}
