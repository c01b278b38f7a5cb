import EventLog
import GRDB
import Moments

/// A query for events in SQL.
struct EventSelection {
    /// The statement, which returns the lines and the numbers by which they are sorted.
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
        // Within a text a quotation mark is preceded by a backslash, so a key is found only where
        // it is one. Disks have the key `checkpoint` as well: the lines are decoded then.
        if let checkpoint = query.checkpoint {
            demand("instr(line, ?)", "\"checkpoint\":" + JSONText.quoted(checkpoint.text))
        }
        if !query.kinds.isEmpty {
            let columns = query.kinds.map { String($0.column) }.sorted()
            conditions.append("kind IN (\(columns.joined(separator: ", ")))")
            // Tells SQLite that the index of those events is sufficient.
            if query.kinds.allSatisfy({ $0.column < 4 }) { conditions.append("kind < 4") }
        }
        if let actor = query.actor {
            demand("instr(line, ?)", ",\"actor\":" + JSONText.quoted(actor) + ",")
        }
        if let channel = query.channel {
            demand("instr(line, ?)", "\"origin\":{\"kind\":\"\(channel.rawValue)\"")
        }
        if let commit = query.commit {
            // A commit's events are consecutive, and its row states where they end.
            let commits = CommitTable(database: database)
            let last = try commits.last().number
            let isThere = (1...max(last, 1)).contains(commit) && last > 0
            demand("sequence > ?", isThere ? try commits.place(of: commit - 1).size : Int.max)
            demand("sequence <= ?", isThere ? try commits.place(of: commit).size : 0)
        }
        for (column, range) in [("sequence", query.sequences), ("revision", query.revisions)] {
            if range.lowerBound > 1 { demand("\(column) >= ?", range.lowerBound) }
            if range.upperBound < .max { demand("\(column) <= ?", range.upperBound) }
        }
        let place = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let column = query.domain == nil ? "sequence" : "revision"
        let order = query.isReversed ? "DESC" : "ASC"
        sql =
            "SELECT line, sequence, domain, revision, kind FROM event \(place) ORDER BY \(column) \(order)"
        self.arguments = arguments
    }
}
