import Crypto
import GRDB
import Migrations
import Moments

/// A table, an index or a trigger.
struct SchemaObject: Hashable {
    let type: String
    let name: String
    let table: String
    /// The statement; empty for objects that SQLite creates itself.
    let sql: String

    /// An object that differs from what the migrations create.
    struct Difference {
        let name: String
        let message: String
        /// Whether no migration creates an object of this name.
        var isUnknown = false
    }

    /// Identifies an object: triggers, tables and indexes have separate name spaces.
    struct Key: Hashable, Comparable {
        let type: String
        let name: String

        static func < (left: Self, right: Self) -> Bool {
            (left.name, left.type) < (right.name, right.type)
        }
    }

    /// The compared columns. SQLite accepts a value that is not text, but then the row was altered:
    /// no text of an object begins so.
    private static let columns = ["type", "name", "tbl_name", "sql"].map { name in
        "iif(typeof(\(name)) = 'blob', 'blob ' || hex(\(name)), \(name))"
    }.joined(separator: ", ")

    /// Returns the objects of a database.
    ///
    /// Statistics, which `ANALYZE` creates and nothing depends on, are ignored
    /// (<https://www.sqlite.org/fileformat2.html#intschema>).
    static func all(in database: Database) throws -> [Key: SchemaObject] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT \(columns) FROM sqlite_schema
                WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4'))
                """)
        let objects = rows.map { row in
            SchemaObject(
                type: row.readable(0) ?? "", name: row.readable(1) ?? "",
                table: row.readable(2) ?? "",
                sql: row.readable(3) ?? "")
        }
        return Dictionary(
            objects.map { (Key(type: $0.type, name: $0.name), $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The objects that the migrations create.
    private static let expected = Result {
        try DatabaseQueue().write { database in
            try SchemaVersion.create(in: database)
            return try all(in: database)
        }
    }

    /// Returns how a database differs from the latest schema.
    static func differences(of database: Database) throws -> [Difference] {
        let expected = try expected.get()
        let found = try all(in: database)
        return Set(expected.keys).union(found.keys).sorted().compactMap { key in
            switch (expected[key], found[key]) {
            case (let expected?, let found?) where expected == found: nil
            case (let expected?, nil):
                Difference(name: key.name, message: "the \(expected.type) \(key.name) is missing")
            case (nil, let found?):
                Difference(
                    name: key.name,
                    message: "the \(found.type) \(key.name) on \(found.table) is not momentlog's:"
                        + " what it does to later commits is not known", isUnknown: true)
            case (let expected?, _):
                Difference(name: key.name, message: "the \(expected.type) \(key.name) was altered")
            case (nil, nil): nil
            }
        }
    }

    /// Refuses to write to a store that has other objects than the migrations create.
    ///
    /// The expected objects are known by their hash, which a test compares: creating them takes
    /// longer than most commands.
    ///
    /// - Throws: ``MomentlogError`` with `unknown-schema-object`, or `corrupt` where one is missing
    ///   or was altered.
    static func check(_ database: Database) throws {
        guard try digest(of: database) != expectedDigest,
            let difference = try differences(of: database).first
        else { return }
        throw MomentlogError(
            difference.isUnknown ? .unknownSchemaObject : .corrupt,
            "the store is not written to: \(difference.message)",
            hint: difference.isUnknown
                ? "find out who created it, and remove it"
                : "keep the file, and restore a backup",
            suggestion: .verify)
    }

    /// The hash of all objects' types, names, tables and texts, in hexadecimal digits.
    static func digest(of database: Database) throws -> String {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(columns) FROM sqlite_schema
                WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4'))
                ORDER BY name, type
                """)
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer { row.reset() }
        var hash = SHA256()
        while try row.step() {
            for column: CInt in 0..<4 {
                let bytes = row.bytes(column) ?? UnsafeRawBufferPointer(start: nil, count: 0)
                withUnsafeBytes(of: UInt64(bytes.count).bigEndian) {
                    hash.update(bufferPointer: $0)
                }
                hash.update(bufferPointer: bytes)
            }
        }
        return Hexadecimal.text(Array(hash.finalize()))
    }

    /// That of a store of the latest schema.
    static let expectedDigest =
        "676eb970d2efcc8d8a2ce957af29676c76395a68ea6f12298c54c373635ca2c3"
}
