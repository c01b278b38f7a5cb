import Foundation
import GRDB
import TestSupport

/// Changes to a store by somebody who writes SQL: nothing of momentlog's stands in the way, and
/// its triggers are back in their place afterwards.
///
/// It knows no table and no column: they are read from the database.
struct SQLTampering {
    /// What was done.
    private(set) var statements: [String] = []

    private var random: SplitMix64

    init(random: SplitMix64) { self.random = random }

    /// A table as the database describes it.
    private struct Table {
        let name: String
        let columns: [String]
        /// What identifies a row.
        let key: [String]

        var order: String { key.map { "\"\($0)\"" }.joined(separator: ", ") }
    }

    /// Literals that no row has, or that are near to those that rows have.
    static let extremes = [
        "NULL", "0", "-1", "1", "2", "3", "9223372036854775807", "9223372036854775806",
        "-9223372036854775808", "4611686018427387904", "2147483648", "4294967296", "1.5", "9e999",
        "-9e999", "-0.0", "''", "'x'", "'web'", "'vm'", "'0'", "'{}'", "x''", "x'00'", "x'ff'",
        "zeroblob(32)", "CAST(x'ff' AS TEXT)", "CAST(x'610062' AS TEXT)", "'\u{2028}'",
    ]

    /// Runs statements on a store with its triggers out of the way.
    static func execute(_ statements: [String], in path: String) throws {
        try withoutTriggers(path) { database in
            for statement in statements { try database.execute(sql: statement) }
        }
    }

    /// One value.
    static func value(_ sql: String, in path: String) throws -> String {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { try String.fetchOne($0, sql: sql) ?? "NULL" }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            database.add(
                function: DatabaseFunction("momentlog_lease", argumentCount: 0) { _ in 1 })
            try database.execute(
                sql: "PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON")
        }
        return configuration
    }

    private static func withoutTriggers(
        _ path: String, _ body: (Database) throws -> Void
    ) throws {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            let triggers = try Row.fetchAll(
                database,
                sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
            for trigger in triggers {
                try database.execute(sql: "DROP TRIGGER \"\(trigger[0] as String)\"")
            }
            try body(database)
            for trigger in triggers { try database.execute(sql: trigger[1]) }
            _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try queue.close()
    }

    /// Changes something of a store, once or several times.
    ///
    /// - Parameter other: The path of a store that knows requests which this one does not.
    mutating func run(_ path: String, other: String) throws {
        let isLoose = Int.random(in: 0..<5, using: &random) == 0
        if isLoose { try Self.setStrict(false, path) }
        var tables: [Table] = []
        let count = [1, 1, 1, 2, 3].randomElement(using: &random) ?? 1
        try Self.withoutTriggers(path) { database in
            try database.execute(sql: "ATTACH '\(other)' AS other")
            tables = try Self.tables(of: database)
            var attempts = 0
            while statements.count < count, attempts < 40 {
                attempts += 1
                guard let change = try changeOfRows(tables, database), !change.isEmpty else {
                    continue
                }
                do {
                    try database.inTransaction {
                        for statement in change { try database.execute(sql: statement) }
                        return .commit
                    }
                    statements += change
                } catch is DatabaseError {
                    // SQLite itself refuses it.
                    continue
                }
            }
            try database.execute(sql: "DETACH other")
        }
        if isLoose { try Self.setStrict(true, path) }
        if Int.random(in: 0..<8, using: &random) == 0 { try changeSchema(path, tables) }
    }

    /// Every column of a first, a last and a further row at each extreme, one change each.
    static func extremeChanges(of path: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let tables = try queue.read { try Self.tables(of: $0) }
        try queue.close()
        var changes: [String] = []
        for table in tables {
            let (name, key) = ("\"\(table.name)\"", "\"\(table.key[0])\"")
            for column in table.columns {
                let others = table.columns.filter { $0 != column }
                for value in extremes {
                    for end in ["min", "max"] {
                        changes.append(
                            "UPDATE \(name) SET \"\(column)\" = \(value)"
                                + " WHERE \(key) = (SELECT \(end)(\(key)) FROM \(name))")
                    }
                    let next = "iif(typeof(\(key)) = 'integer', \(key) + 1, 'zz')"
                    let copied: [String] = others.map { $0 == table.key[0] ? next : "\"\($0)\"" }
                    let names = ([column] + others).map { "\"\($0)\"" }.joined(separator: ", ")
                    let values = ([value] + copied).joined(separator: ", ")
                    changes.append(
                        "INSERT INTO \(name) (\(names)) SELECT \(values) FROM \(name)"
                            + " WHERE \(key) = (SELECT max(\(key)) FROM \(name))")
                }
            }
        }
        return changes
    }

    /// Makes one change, whatever the types of columns are.
    ///
    /// - Returns: Whether SQLite takes it.
    static func change(_ statement: String, in path: String) throws -> Bool {
        try setStrict(false, path)
        var isDone = true
        try withoutTriggers(path) { database in
            do {
                try database.execute(sql: statement)
            } catch is DatabaseError {
                isDone = false
            }
        }
        try setStrict(true, path)
        return isDone
    }

    // MARK: Rows

    private static func tables(of database: Database) throws -> [Table] {
        let names = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_schema
                WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name
                """)
        return try names.map { name in
            let rows = try Row.fetchAll(database, sql: "PRAGMA table_info(\"\(name)\")")
            let keys = rows.filter { ($0["pk"] as Int) > 0 }.map { $0["name"] as String }
            return Table(
                name: name, columns: rows.map { $0["name"] },
                key: keys.isEmpty ? ["rowid"] : keys)
        }
    }

    /// The condition that identifies a row: a random one, or one of the last.
    private mutating func row(_ table: Table, _ database: Database) throws -> String? {
        let count =
            try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(table.name)\"") ?? 0
        guard count > 0 else { return nil }
        let isLast = Int.random(in: 0..<4, using: &random) == 0
        let offset = isLast ? count - 1 : Int.random(in: 0..<count, using: &random)
        return try row(table, offset: offset, database)
    }

    private func row(_ table: Table, offset: Int, _ database: Database) throws -> String? {
        let columns = table.key.map { "quote(\"\($0)\")" }.joined(separator: ", ")
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT \(columns) FROM "\(table.name)" ORDER BY \(table.order)
                LIMIT 1 OFFSET \(offset)
                """)
        guard let row else { return nil }
        return zip(table.key, row.databaseValues).map { column, value in
            "\"\(column)\" IS \(String.fromDatabaseValue(value) ?? "NULL")"
        }.joined(separator: " AND ")
    }

    /// The statements of one change of rows; nil if there is nothing to change.
    private mutating func changeOfRows(
        _ tables: [Table], _ database: Database
    ) throws -> [String]? {
        // As often as they matter; the others as they come.
        let weighted = tables.flatMap { table in
            Array(repeating: table, count: ["event": 8, "log_commit": 3][table.name] ?? 2)
        }
        guard let table = weighted.randomElement(using: &random),
            let column = table.columns.randomElement(using: &random),
            let row = try row(table, database), let second = try self.row(table, database)
        else { return nil }
        let (name, cell) = ("\"\(table.name)\"", "\"\(column)\"")
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<3:
            let value = Self.extremes.randomElement(using: &random) ?? "NULL"
            return ["UPDATE \(name) SET \(cell) = \(value) WHERE \(row)"]
        case 3..<6:
            let value = try literal(cell, in: name, where: second, database)
            return ["UPDATE \(name) SET \(cell) = \(value) WHERE \(row)"]
        case 6..<8:
            let step = [-1, 1].randomElement(using: &random) ?? 1
            return ["UPDATE \(name) SET \(cell) = \(cell) + (\(step)) WHERE \(row)"]
        case 8..<11:
            guard let flipped = try flipped(cell, in: name, where: row, database) else {
                return nil
            }
            return ["UPDATE \(name) SET \(cell) = \(flipped) WHERE \(row)"]
        case 11: return ["DELETE FROM \(name) WHERE \(row)"]
        case 12:
            // The end of a table.
            return [
                "DELETE FROM \(name) WHERE \"\(table.key[0])\" >="
                    + " (SELECT \"\(table.key[0])\" FROM \(name) WHERE \(row))"
            ]
        case 13: return try copy(table, row, column, database)
        case 14..<17: return try swap(table, row, second, column, database)
        case 17:
            let columns = table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
            return ["INSERT OR IGNORE INTO \(name) SELECT \(columns) FROM other.\(name)"]
        default: return try moveEnd(table, database)
        }
    }

    private func literal(
        _ cell: String, in table: String, where row: String, _ database: Database
    ) throws -> String {
        try String.fetchOne(
            database, sql: "SELECT quote(\(cell)) FROM \(table) WHERE \(row)") ?? "NULL"
    }

    /// A cell with one bit changed.
    private mutating func flipped(
        _ cell: String, in table: String, where row: String, _ database: Database
    ) throws -> String? {
        let found = try Row.fetchOne(
            database,
            sql: "SELECT typeof(\(cell)), hex(\(cell)), \(cell) FROM \(table) WHERE \(row)")
        guard let found, let type: String = found[0] else { return nil }
        if type == "integer", let value: Int64 = found[2] {
            let bit = Int64.random(in: 0...63, using: &random)
            return "\(value ^ (1 << (bit < 8 || bit > 60 ? bit : bit % 8)))"
        }
        guard type == "text" || type == "blob", let hex: String = found[1], !hex.isEmpty else {
            return nil
        }
        var bytes = Array(hex.utf8)
        let place = Int.random(in: 0..<bytes.count / 2, using: &random) * 2
        let digits = String(decoding: bytes[place...place + 1], as: UTF8.self)
        guard let byte = UInt8(digits, radix: 16) else { return nil }
        let changed = String(byte ^ (1 << UInt8.random(in: 0...7, using: &random)), radix: 16)
        bytes.replaceSubrange(
            place...place + 1, with: Array((changed.count < 2 ? "0" + changed : changed).utf8))
        let text = String(decoding: bytes, as: UTF8.self)
        return type == "text" ? "CAST(x'\(text)' AS TEXT)" : "x'\(text)'"
    }

    /// A copy of a row with another key, and perhaps another value.
    private mutating func copy(
        _ table: Table, _ row: String, _ column: String, _ database: Database
    ) throws -> [String] {
        let key = table.key[0]
        let next = "(SELECT max(\"\(key)\") + 1 FROM \"\(table.name)\")"
        let keys = [next, next, "0", "-1", "9223372036854775807", "'zz'", "'late-1'"]
        var values: [String] = []
        for name in table.columns {
            if name == key {
                values.append(keys.randomElement(using: &random) ?? next)
            } else if name == column {
                values.append(Self.extremes.randomElement(using: &random) ?? "NULL")
            } else if name == "revision", Bool.random(using: &random) {
                values.append("\"revision\" + 1")
            } else {
                values.append("\"\(name)\"")
            }
        }
        let columns = table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
        return [
            "INSERT INTO \"\(table.name)\" (\(columns)) SELECT \(values.joined(separator: ", "))"
                + " FROM \"\(table.name)\" WHERE \(row)"
        ]
    }

    /// Two rows that have exchanged one cell, or all but their keys.
    private mutating func swap(
        _ table: Table, _ first: String, _ second: String, _ column: String, _ database: Database
    ) throws -> [String]? {
        guard first != second else { return nil }
        let columns = table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let quoted = table.columns.map { "quote(\"\($0)\")" }.joined(separator: ", ")
        func values(_ row: String) throws -> [String] {
            let found = try Row.fetchOne(
                database, sql: "SELECT \(quoted) FROM \"\(table.name)\" WHERE \(row)")
            return (found.map { Array($0.databaseValues) } ?? []).map {
                String.fromDatabaseValue($0) ?? "NULL"
            }
        }
        var (one, two) = (try values(first), try values(second))
        guard one.count == table.columns.count, two.count == one.count else { return nil }
        let isWhole = Int.random(in: 0..<4, using: &random) == 0
        for (index, name) in table.columns.enumerated()
        where isWhole ? !table.key.contains(name) : name == column {
            (one[index], two[index]) = (two[index], one[index])
        }
        return ["DELETE FROM \"\(table.name)\" WHERE (\(first)) OR (\(second))"]
            + [one, two].map { row in
                "INSERT INTO \"\(table.name)\" (\(columns)) VALUES"
                    + " (\(row.joined(separator: ", ")))"
            }
    }

    /// The end of one domain's rows becomes another's.
    private mutating func moveEnd(_ table: Table, _ database: Database) throws -> [String]? {
        guard table.columns.contains("domain"), table.columns.contains("revision") else {
            return nil
        }
        let domains = try String.fetchAll(
            database, sql: "SELECT DISTINCT quote(domain) FROM \"\(table.name)\" ORDER BY 1")
        guard let from = domains.randomElement(using: &random),
            let to = domains.randomElement(using: &random), from != to
        else { return nil }
        let revision =
            Bool.random(using: &random)
            ? "(SELECT max(revision) FROM \"\(table.name)\" WHERE domain = \(to))"
            : "\(Int.random(in: 0..<12, using: &random))"
        return [
            "UPDATE \"\(table.name)\" SET domain = \(to) WHERE domain = \(from)"
                + " AND revision > \(revision)"
        ]
    }

    // MARK: The schema

    /// Lets tables take values of any type, or no longer.
    ///
    /// The statements are changed as texts, as no other statement can do it.
    private static func setStrict(_ isStrict: Bool, _ path: String) throws {
        let sql =
            isStrict
            ? """
            UPDATE sqlite_schema SET sql = replace(replace(sql, '/*STRICT*/', 'STRICT'),
                '/*STRICT,*/', 'STRICT,') WHERE type = 'table'
            """
            : """
            UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT,', ') /*STRICT,*/'),
                ') STRICT', ') /*STRICT*/') WHERE type = 'table'
            """
        try alterSchema([sql], path)
    }

    private static func alterSchema(_ statements: [String], _ path: String) throws {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA writable_schema = ON")
            for statement in statements { try database.execute(sql: statement) }
            let version = try Int.fetchOne(database, sql: "PRAGMA schema_version") ?? 0
            try database.execute(sql: "PRAGMA schema_version = \(version + 1)")
            try database.execute(sql: "PRAGMA writable_schema = OFF")
            _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try queue.close()
    }

    /// Adds, removes or changes a trigger, an index, a table or a view.
    private mutating func changeSchema(_ path: String, _ tables: [Table]) throws {
        guard let table = tables.randomElement(using: &random)?.name else { return }
        let name =
            [
                table, "event", "sqlite_stat_t", "late", "event_refuses_update", "log_commit",
            ].randomElement(using: &random) ?? "late"
        let bodies = [
            "BEFORE INSERT ON event BEGIN SELECT RAISE(IGNORE); END",
            "BEFORE INSERT ON request BEGIN SELECT RAISE(IGNORE); END",
            "BEFORE INSERT ON log_commit BEGIN SELECT RAISE(IGNORE); END",
            "AFTER INSERT ON event BEGIN UPDATE store SET strips_secrets = 1 - strips_secrets; END",
            "AFTER INSERT ON event BEGIN DELETE FROM request; END",
            "AFTER INSERT ON event BEGIN DELETE FROM snapshot; END",
            "AFTER INSERT ON event BEGIN UPDATE domain SET is_live = 0; END",
        ]
        let body = bodies.randomElement(using: &random) ?? bodies[0]
        let existing = try Self.value(
            """
            SELECT name FROM sqlite_schema WHERE sql IS NOT NULL AND type <> 'table'
            ORDER BY name LIMIT 1 OFFSET \(Int.random(in: 0..<24, using: &random))
            """, in: path)
        let create = "CREATE TRIGGER \"late\" \(body)"
        let change: [String]
        switch Int.random(in: 0..<9, using: &random) {
        case 0..<3:
            change = [
                create,
                "UPDATE sqlite_schema SET name = '\(name)', sql ="
                    + " 'CREATE TRIGGER \"\(name)\" \(body)' WHERE name = 'late'",
            ]
        case 3: change = [create]
        case 4:
            change = ["DELETE FROM sqlite_schema WHERE name = '\(existing)' AND type = 'trigger'"]
        case 5:
            change = [
                "UPDATE sqlite_schema SET sql = replace(sql, 'BEFORE', 'AFTER')"
                    + " WHERE name = '\(existing)'"
            ]
        case 6: change = ["CREATE TABLE late (a)", "CREATE INDEX late_a ON late (a)"]
        case 7: change = ["CREATE INDEX late_event ON event (sequence) WHERE domain = 1"]
        default:
            change = ["PRAGMA user_version = \([0, 1, 7, 99].randomElement(using: &random) ?? 0)"]
        }
        do {
            try Self.alterSchema(change, path)
            statements += change
        } catch is DatabaseError {
            // SQLite itself refuses it.
        }
    }
}
