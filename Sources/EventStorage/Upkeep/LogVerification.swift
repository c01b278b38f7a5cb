import Crypto
import Foundation
import GRDB
import Moments

/// Recomputes what a database says of its log, from the lines alone.
enum LogVerification {
    /// The head that the lines have.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` for the first thing that is not as it must
    ///   be: SQLite's own structure, a sequence, the root or edge of a commit, a definition.
    /// - Complexity: O(*n*) in the database's bytes.
    static func head(_ database: Database, _ files: StoreFiles) throws -> StoreHead {
        let remarks = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
        guard remarks == ["ok"] else {
            throw corrupt(files, remarks.first ?? "SQLite finds no integrity")
        }
        var tree = MerkleTree()
        let commits = try Row.fetchCursor(
            database, sql: "SELECT number, size, root, edge FROM log_commit ORDER BY number")
        let events = try Row.fetchCursor(
            database, sql: "SELECT sequence, line FROM event ORDER BY sequence")
        var number = 0
        while let commit = try commits.next() {
            number += 1
            let size: Int = commit[1]
            guard commit[0] == number, size > tree.size else {
                throw corrupt(files, "commit \(number) is missing or empty")
            }
            while tree.size < size {
                guard let event = try events.next(), event[0] == tree.size + 1 else {
                    throw corrupt(files, "event \(tree.size + 1) is missing")
                }
                tree.append((event[1] as String).utf8)
            }
            guard commit[2] == Data(tree.root), commit[3] == Data(tree.edgeBytes) else {
                throw corrupt(files, "an event of commit \(number), or its root, was altered")
            }
        }
        if try events.next() != nil {
            throw corrupt(files, "event \(tree.size + 1) is of no commit")
        }
        let definitions = try Row.fetchCursor(
            database, sql: "SELECT id, sha256, content FROM definition")
        while let definition = try definitions.next() {
            guard definition[1] == Data(SHA256.hash(data: definition[2] as Data)) else {
                throw corrupt(files, "definition \(definition[0] as Int) was altered")
            }
        }
        return try StoreHead(of: tree, database)
    }

    private static func corrupt(_ files: StoreFiles, _ what: String) -> MomentlogError {
        MomentlogError(
            .corrupt, "\(files.database) is damaged: \(what)",
            hint: "keep the file, and take another copy")
    }
}
