import EventLog
import GRDB
import Migrations
import Moments

extension LogAudit {
    /// Looks at what momentlog's answers stand on: SQLite's own structure, and the tables,
    /// indexes and triggers as the migrations make them.
    mutating func checkStructure() throws {
        // https://www.sqlite.org/pragma.html#pragma_integrity_check: the indexes too.
        let remarks = try String.fetchAll(
            database, sql: "PRAGMA integrity_check(\(Verification.mostFaults))")
        for remark in remarks where remark != "ok" {
            add(.damagedDatabase, .database, nil, "SQLite finds: \(remark)")
        }
        for difference in try SchemaObject.differences(of: database) {
            let place = StorePlace(table: "schema", row: difference.name)
            guard difference.isUnknown else {
                add(.alteredSchema, place, nil, difference.message)
                continue
            }
            faults.add(
                Verification.Fault(
                    .unknownSchemaObject, place, difference.message, remedies: []))
        }
    }
}

/// A table, an index or a trigger.
struct SchemaObject: Hashable {
    let type: String
    let name: String
    let table: String
    /// The statement; one of another type than text is none.
    let sql: String

    /// One that is not as the migrations make it.
    struct Difference {
        let name: String
        let message: String
        /// Whether no migration makes an object of this name.
        var isUnknown = false
    }

    /// Those of a database.
    ///
    /// Statistics, which `ANALYZE` makes and nothing rests on, are left out
    /// (<https://www.sqlite.org/fileformat2.html#intschema>).
    static func all(in database: Database) throws -> [String: SchemaObject] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT type, name, tbl_name, iif(typeof(sql) = 'blob', typeof(sql), sql)
                FROM sqlite_schema WHERE name NOT GLOB 'sqlite_stat*'
                """)
        let objects = rows.map { row in
            SchemaObject(
                type: row.readable(0) ?? "", name: row.readable(1) ?? "",
                table: row.readable(2) ?? "",
                sql: row.readable(3) ?? "")
        }
        return Dictionary(objects.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Those that the migrations make.
    private static let expected = Result {
        try DatabaseQueue().write { database in
            for step in Migration.all { try database.execute(sql: step.sql) }
            return try all(in: database)
        }
    }

    /// Where a database's are not those of the latest schema.
    static func differences(of database: Database) throws -> [Difference] {
        let expected = try expected.get()
        let found = try all(in: database)
        return Set(expected.keys).union(found.keys).sorted().compactMap { name in
            switch (expected[name], found[name]) {
            case (let expected?, let found?) where expected == found: nil
            case (let expected?, nil):
                Difference(name: name, message: "the \(expected.type) \(name) is missing")
            case (nil, let found?):
                Difference(
                    name: name,
                    message: "the \(found.type) \(name) on \(found.table) is not momentlog's: what"
                        + " it does to later commits is not known", isUnknown: true)
            case (let expected?, _):
                Difference(name: name, message: "the \(expected.type) \(name) was altered")
            case (nil, nil): nil
            }
        }
    }
}
