/// A position in a store: a table's row and column, or one of its files.
public struct StorePlace: Sendable, Hashable, CustomStringConvertible {
    /// The table; `schema` for the tables themselves, `database` and `head file` for the files.
    public let table: String
    /// The row: its number, or its name; nil if it is about no row.
    public let row: String?
    /// The column; nil if it is about none, or it is not known which.
    public let column: String?

    /// Creates a position.
    public init(table: String, row: String? = nil, column: String? = nil) {
        self.table = table
        self.row = row
        self.column = column
    }

    /// The position in words, such as `event 6, column parent`.
    public var description: String {
        table + (row.map { " \($0)" } ?? "") + (column.map { ", column \($0)" } ?? "")
    }

    package static let database = StorePlace(table: "database")
    package static let headFile = StorePlace(table: "head file")

    package static func event(_ sequence: Int, _ column: String? = nil) -> StorePlace {
        StorePlace(table: "event", row: String(sequence), column: column)
    }

    package static func commit(_ number: Int, _ column: String? = nil) -> StorePlace {
        StorePlace(table: "log_commit", row: String(number), column: column)
    }
}
