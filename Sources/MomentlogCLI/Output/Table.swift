import Momentlog
import Moments

/// Rows under headings, for people: columns aligned, one space before the first and three between
/// them, as in virsh.
///
/// On a terminal that is too narrow, columns move together, sentences are wrapped, and identifiers
/// are shortened. Elsewhere every row is one line.
struct Table {
    /// A column's heading, its alignment, and how it is narrowed.
    struct Column {
        var heading: String
        var isNumeric = false
        var flow = Flow.whole
    }

    /// How a column is narrowed.
    enum Flow {
        /// Cells stay whole as long as that is possible: names.
        case whole
        /// Cells are wrapped.
        case wrapped
        /// Cells lose their offset from UTC.
        case time
        /// Cells end with an ellipsis: identifiers and digests.
        case clipped
    }

    /// A cell's text and style.
    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var style: Terminal.Style

        init(_ text: String, _ style: Terminal.Style = .plain) {
            self.text = Terminal.harmless(text)
            self.style = style
        }

        init(_ checkpoint: CheckpointName, _ style: Terminal.Style = .plain) {
            self.init(checkpoint.text, style)
        }

        init(_ number: Int) { self.init(String(number)) }

        init(stringLiteral text: String) { self.init(text) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ row: [Cell]) { rows.append(row) }

    /// Prints the table; the heading even without rows.
    func print() throws(MomentlogError) {
        var widths = columns.map { Terminal.width($0.heading) }
        for row in rows {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], Terminal.width(cell.text))
            }
        }
        let layout = TableLayout(columns, widths: widths, limit: Terminal.tableColumns)
        try layout.printHeading()
        for row in rows { try layout.print(row) }
    }
}
