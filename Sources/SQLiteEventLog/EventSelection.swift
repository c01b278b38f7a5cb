import EventLog
import GRDB
import Moments

/// A query for events in SQL.
struct EventSelection {
    /// The statement, which gives the lines and the numbers by which they are in order.
    let sql: String
    let arguments: StatementArguments

    init(_ query: EventQuery, _ database: Database) throws {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        func demand(_ condition: String, _ argument: (any DatabaseValueConvertible)?) {
            conditions.append(condition)
            arguments += [argument]
        }
        if let domain = query.domain { demand("domain = ?", domain.number) }
        if let checkpoint = query.checkpoint { demand("checkpoint = ?", checkpoint) }
        if !query.kinds.isEmpty {
            let columns = query.kinds.map { String($0.column) }.sorted()
            conditions.append("kind IN (\(columns.joined(separator: ", ")))")
            // Says to SQLite that the index of those events is enough.
            if query.kinds.allSatisfy({ $0.column < 4 }) { conditions.append("kind < 4") }
        }
        if let actor = query.actor {
            demand("(SELECT actor FROM log_commit AS c WHERE c.number = event.number) = ?", actor)
        }
        if let door = query.door {
            // Within a text a quotation mark has a backslash before it.
            demand("instr(line, ?)", "\"origin\":{\"kind\":\"\(door.rawValue)\"")
        }
        if let commit = query.commit {
            // A commit's events follow each other, and its row says where they end.
            let ends = try Int.fetchAll(
                database,
                sql: "SELECT size FROM log_commit WHERE number IN (?, ?) ORDER BY number",
                arguments: [commit, commit - 1])
            let isThere = ends.count == (commit == 1 ? 1 : 2)
            demand("sequence > ?", !isThere ? Int.max : commit == 1 ? 0 : ends[0])
            demand("sequence <= ?", ends.last ?? 0)
        }
        for (column, range) in [("sequence", query.sequences), ("revision", query.revisions)] {
            if range.lowerBound > 1 { demand("\(column) >= ?", range.lowerBound) }
            if range.upperBound < .max { demand("\(column) <= ?", range.upperBound) }
        }
        let place = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let column = query.domain == nil ? "sequence" : "revision"
        let order = query.isReversed ? "DESC" : "ASC"
        sql = "SELECT line, \(column) FROM event \(place) ORDER BY \(column) \(order) LIMIT ?"
        self.arguments = arguments + [query.limit ?? -1]
    }
}
