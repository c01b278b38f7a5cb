import EventLog
import GRDB
import Migrations
import Moments

/// How a store's schema relates to the one that this momentlog knows.
///
/// The version stands in SQLite's `user_version`, the mark of a store in its
/// `application_id` (<https://www.sqlite.org/pragma.html#pragma_application_id>).
enum SchemaVersion {
    /// The schema is the one that this momentlog knows.
    case current
    /// There are steps to take.
    case older(Int)
    /// The file is an empty database.
    case none

    /// The latest version.
    static var latest: Int { Migration.all.last?.version ?? 0 }

    /// Looks at a database.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if it is another application's,
    ///   with `too-new` if a later momentlog wrote it.
    static func check(_ database: Database, _ files: StoreFiles) throws -> SchemaVersion {
        let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if mark == 0 && version == 0 {
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            if tables == 0 { return .none }
        }
        guard mark == SQLiteConnection.applicationID else {
            throw MomentlogError(
                .storage, "\(files.database) is another application's SQLite database",
                hint: "name the store's file", suggestion: .nameStore)
        }
        guard version <= latest else {
            throw MomentlogError(
                .tooNew,
                "the store \(files.database) has schema version \(version), and this momentlog"
                    + " knows versions up to \(latest)",
                hint: "use the momentlog that wrote it, or a later one; nothing was changed")
        }
        return version == latest ? .current : .older(version)
    }

    /// Takes the steps that are missing, each in its own transaction, in which it looks
    /// first whether another process was quicker.
    static func migrate(_ database: Database, _ files: StoreFiles) throws {
        for step in Migration.all {
            try database.inTransaction(.immediate) {
                switch try check(database, files) {
                case .current: return .rollback
                case .older(let version): guard step.version > version else { return .rollback }
                case .none: break
                }
                try database.execute(sql: step.sql)
                try database.execute(
                    sql: """
                        PRAGMA user_version = \(step.version);
                        PRAGMA application_id = \(SQLiteConnection.applicationID)
                        """)
                if step.version == 1 {
                    // Chance is what a store's own name is made of; nothing else is.
                    try database.execute(
                        sql: "INSERT INTO store (id, uuid) VALUES (1, lower(hex(randomblob(16))))")
                }
                return .commit
            }
        }
    }
}
