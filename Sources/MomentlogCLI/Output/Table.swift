import Momentlog
import Moments

/// Rows under headings, for people: columns aligned, one space before the first and
/// three between them, as virsh has them.
///
/// On a terminal that is too narrow, columns move together, sentences are wrapped, and what only
/// tells one thing from another is shortened. Elsewhere every row is one line.
struct Table {
    /// A column's heading, on which side its cells are, and what becomes of them where there is
    /// too little room.
    struct Column {
        var heading: String
        var isNumeric = false
        var flow = Flow.whole
    }

    /// What becomes of a column's cells where there is too little room.
    enum Flow {
        /// They stay whole as long as that is possible: names.
        case whole
        /// They are wrapped.
        case wrapped
        /// They lose their offset from UTC.
        case time
        /// They end with an ellipsis: identifiers and digests.
        case clipped
    }

    /// A cell's text and how it is shown.
    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var style: Terminal.Style

        init(_ text: String, _ style: Terminal.Style = .plain) {
            self.text = Terminal.harmless(text)
            self.style = style
        }

        init(_ number: Int) { self.init(String(number)) }

        init(stringLiteral text: String) { self.init(text) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ row: [Cell]) { rows.append(row) }

    /// Prints the table, a heading even without rows.
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
