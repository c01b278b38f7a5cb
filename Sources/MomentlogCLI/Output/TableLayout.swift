import Momentlog
import Moments

/// The widths of a table's columns, and the printing of rows.
struct TableLayout {
    private let columns: [Table.Column]
    private let widths: [Int]
    private let gap: Int
    /// Whether cells that are too long push the rest of the row instead of being wrapped.
    private let isOneLine: Bool

    /// The order in which columns are narrowed, with their minimum widths: a date and a time of day
    /// have 19.
    private static let steps: [(flow: Table.Flow, least: Int)] = [
        (.wrapped, 20), (.time, 19), (.clipped, 11), (.wrapped, 10), (.whole, 6),
    ]

    /// - Parameters:
    ///   - widths: The width of the widest cell of each column.
    ///   - limit: The number of columns of the terminal; nil if rows may have any width.
    init(_ columns: [Table.Column], widths: [Int], limit: Int?) {
        self.columns = columns
        isOneLine = limit == nil
        guard let limit, Self.total(widths, gap: 3) > limit else {
            (self.widths, gap) = (widths, 3)
            return
        }
        var widths = widths
        for step in Self.steps {
            Self.narrow(&widths, columns, step.flow, least: step.least, to: limit)
        }
        self.widths = widths
        gap = Self.total(widths, gap: 3) > limit ? 2 : 3
    }

    /// Creates a layout with given widths, for rows that are printed one by one.
    init(_ columns: [Table.Column], fixed widths: [Int], gap: Int, isOneLine: Bool = false) {
        self.columns = columns
        self.isOneLine = isOneLine
        self.widths = widths
        self.gap = gap
    }

    /// Returns a row's width: one space before the first column, the gaps, and one at the end of
    /// the rule.
    private static func total(_ widths: [Int], gap: Int) -> Int {
        widths.reduce(0, +) + gap * (widths.count - 1) + 2
    }

    /// Narrows the columns of one kind, the widest first, until the row fits or none can be
    /// narrowed further.
    private static func narrow(
        _ widths: inout [Int], _ columns: [Table.Column], _ flow: Table.Flow, least: Int,
        to limit: Int
    ) {
        var excess = total(widths, gap: 2) - limit
        while excess > 0 {
            let candidates = widths.indices.filter { index in
                columns[index].flow == flow && !columns[index].isNumeric
                    && widths[index] > max(least, heading(columns[index], flow))
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            // A time loses its offset as a whole.
            let given = flow == .time ? widths[widest] - least : 1
            widths[widest] -= given
            excess -= given
        }
    }

    private static func heading(_ column: Table.Column, _ flow: Table.Flow) -> Int {
        flow == .whole ? 0 : Terminal.width(column.heading)
    }

    /// Whether the last column is bounded.
    private var isBounded: Bool { widths.last != .max }

    /// Prints the headings and the rule below them.
    func printHeading() throws(MomentlogError) {
        try print(columns.map { Table.Cell($0.heading, .bold) })
        try StandardOutput.shared.print(
            String(repeating: "-", count: isBounded ? Self.total(widths, gap: gap) : 79))
    }

    /// Prints a row, on as many lines as its cells need.
    func print(_ row: [Table.Cell]) throws(MomentlogError) {
        let fits =
            isOneLine || row.indices.allSatisfy { Terminal.width(row[$0].text) <= widths[$0] }
        if fits { return try StandardOutput.shared.print(line(row.map(\.text), of: row)) }
        let cells = zip(row, columns).enumerated().map { index, pair in
            lines(of: pair.0.text, pair.1, width: widths[index])
        }
        for number in 0..<(cells.map(\.count).max() ?? 0) {
            let parts = cells.map { number < $0.count ? $0[number] : "" }
            try StandardOutput.shared.print(line(parts, of: row))
        }
    }

    /// Returns one line of a row, without spaces at its end.
    private func line(_ parts: [String], of row: [Table.Cell]) -> String {
        var text = isBounded ? " " : ""
        // The spaces since the last part that is not empty.
        var spaces = 0
        for (index, part) in parts.enumerated() {
            if index > 0 { spaces += gap }
            let isNumeric = columns[index].isNumeric
            // The last column may have any width.
            let isPadded = isNumeric || index < parts.count - 1
            let room = isPadded ? max(0, widths[index] - Terminal.width(part)) : 0
            if isNumeric { spaces += room }
            if !part.isEmpty {
                text += String(repeating: " ", count: spaces)
                text += Terminal.styled(part, row[index].style)
                spaces = 0
            }
            if !isNumeric { spaces += room }
        }
        while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
        return text
    }

    private func lines(of text: String, _ column: Table.Column, width: Int) -> [String] {
        guard !isOneLine, Terminal.width(text) > width else { return [text] }
        if column.flow == .time { return [String(text.prefix(width))] }
        if column.flow == .clipped { return [String(text.prefix(max(1, width - 3))) + "..."] }
        return Terminal.wrapped(text, columns: width).flatMap { Self.broken($0, width: width) }
    }

    /// Splits a word that is too long, after a hyphen or a slash if there is one.
    private static func broken(_ text: String, width: Int) -> [String] {
        var pieces: [String] = []
        var rest = Substring(text)
        while Terminal.width(String(rest)) > width, rest.count > 1 {
            var piece = rest.prefix(width)
            while Terminal.width(String(piece)) > width, piece.count > 1 { piece.removeLast() }
            if let mark = piece.lastIndex(where: { "-/,".contains($0) }), mark > piece.startIndex {
                piece = piece[...mark]
            }
            pieces.append(String(piece))
            rest = rest[piece.endIndex...]
        }
        return pieces + [String(rest)]
    }
}
