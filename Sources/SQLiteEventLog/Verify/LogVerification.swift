import EventLog
import GRDB
import Moments

/// Checks whether a database can be a backup, or be restored: whether it has no damage that cannot
/// be rebuilt.
enum LogVerification {
    /// Returns the head of the lines.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` for the first fault: in SQLite's own structure,
    ///   or one that ``StoreVerifier`` finds.
    /// - Complexity: O(*n*) in the database's bytes.
    static func head(_ database: Database, _ files: StoreFiles) throws -> StoreHead {
        let remarks = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
        guard remarks == ["ok"] else {
            throw corrupt(files, remarks.first ?? "SQLite finds no integrity")
        }
        var verifier = StoreVerifier(database: database, depth: .contents)
        let found = try verifier.run()
        if let fault = found.faults.first { throw corrupt(files, fault.message) }
        return found.head
    }

    private static func corrupt(_ files: StoreFiles, _ what: String) -> MomentlogError {
        MomentlogError(
            .corrupt, "\(files.database) is damaged: \(what)",
            hint: "keep the file; find out what is damaged, and restore a sound copy",
            suggestion: .verify)
    }
}
