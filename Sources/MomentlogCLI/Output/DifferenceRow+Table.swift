import Momentlog
import Moments

extension DifferenceRow {
    /// Returns the rows as a table.
    static func table(_ rows: [DifferenceRow]) -> Table {
        var table = Table([
            Table.Column(heading: "Change"), Table.Column(heading: "Checkpoint"),
            Table.Column(heading: "From", flow: .wrapped),
            Table.Column(heading: "To", flow: .wrapped),
        ])
        for row in rows {
            table.add([
                Table.Cell(row.change, row.style), Table.Cell(row.checkpoint ?? ""),
                Table.Cell(row.words(row.from)), Table.Cell(row.words(row.to)),
            ])
        }
        return table
    }
}
