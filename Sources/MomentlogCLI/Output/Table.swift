import Momentlog

/// Rows under headings, for people: columns aligned, one space before the first and
/// three between them, as virsh has them.
struct Table {
    /// A column's heading, and on which side its cells stand.
    struct Column {
        var heading: String
        var isNumeric = false
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
        let headings = columns.map { Cell($0.heading, .bold) }
        try StandardOutput.shared.print(line(headings, widths))
        let rule = widths.reduce(0, +) + 3 * (widths.count - 1) + 2
        try StandardOutput.shared.print(String(repeating: "-", count: rule))
        for row in rows { try StandardOutput.shared.print(line(row, widths)) }
    }

    private func line(_ cells: [Cell], _ widths: [Int]) -> String {
        var line = " "
        for (index, cell) in cells.enumerated() {
            let padding = String(
                repeating: " ", count: max(0, widths[index] - Terminal.width(cell.text)))
            let text = Terminal.styled(cell.text, cell.style)
            line += index == 0 ? "" : "   "
            if columns[index].isNumeric {
                line += padding + text
            } else {
                line += text + (index == cells.count - 1 ? "" : padding)
            }
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}
