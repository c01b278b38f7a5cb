import EventLog
import Foundation
import GRDB
import Migrations
import Moments

/// The relation of a store's schema to the one that this momentlog knows.
///
/// The version is in SQLite's `user_version`, the mark of a store in its `application_id`
/// (<https://www.sqlite.org/pragma.html#pragma_application_id>).
enum SchemaVersion {
    /// The schema is the one that this momentlog knows.
    case current
    /// Migrations are missing.
    case older(Int)
    /// The file is an empty database.
    case none

    /// The latest version.
    static var latest: Int { Migration.all.last?.version ?? 0 }

    /// Inspects a database.
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

    /// Runs the missing migrations, each in its own transaction, which first checks whether another
    /// process was quicker.
    static func migrate(_ database: Database, _ files: StoreFiles) throws {
        database.add(function: newNodes)
        database.add(function: requestChecksum)
        defer {
            database.remove(function: newNodes)
            database.remove(function: requestChecksum)
        }
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
                    // A store's own name is random; nothing else is.
                    try database.execute(
                        sql: "INSERT INTO store (id, uuid) VALUES (1, lower(hex(randomblob(16))))")
                }
                return .commit
            }
        }
    }

    /// Creates the objects of the latest schema in an empty database.
    static func create(in database: Database) throws {
        database.add(function: newNodes)
        database.add(function: requestChecksum)
        defer {
            database.remove(function: newNodes)
            database.remove(function: requestChecksum)
        }
        for step in Migration.all { try database.execute(sql: step.sql) }
    }

    /// Called by the migration to lines as the only truth: returns the nodes of a tree's right edge
    /// that were not part of it at an earlier size; none if the edge does not match the size, which
    /// `verify` reports.
    private static let newNodes = DatabaseFunction(
        "momentlog_new_nodes", argumentCount: 3, pure: true
    ) { values in
        guard let earlier = Int.fromDatabaseValue(values[0]), earlier >= 0,
            let size = Int.fromDatabaseValue(values[1]), size >= earlier,
            let edge = Data.fromDatabaseValue(values[2]),
            edge.count == size.nonzeroBitCount * 32
        else { return Data() }
        return edge.dropFirst(32 * MerkleTree.sharedNodeCount(earlier, grownTo: size))
    }

    /// Called by the same migration for the answers to requests.
    private static let requestChecksum = DatabaseFunction(
        "momentlog_request_checksum", argumentCount: 5, pure: true
    ) { values in
        guard let name = String.fromDatabaseValue(values[0]),
            let fingerprint = Data.fromDatabaseValue(values[1])
        else { return nil }
        return KeptAnswer.checksum(
            name, [UInt8](fingerprint), number: Int.fromDatabaseValue(values[2]),
            domain: Int64.fromDatabaseValue(values[3]), revision: Int.fromDatabaseValue(values[4]))
    }
}
