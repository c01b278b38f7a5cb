import Momentlog

extension DifferenceRow {
    /// The rows for people.
    static func table(_ rows: [DifferenceRow]) -> Table {
        var table = Table(
            ["Change", "Checkpoint", "From", "To"].map { Table.Column(heading: $0) })
        for row in rows {
            table.add([
                Table.Cell(row.change, row.style), Table.Cell(row.checkpoint ?? ""),
                Table.Cell(row.from.words), Table.Cell(row.to.words),
            ])
        }
        return table
    }
}
