import Crypto
import EventLog
import Foundation
import GRDB
import Logging
import Moments

/// The snapshots of domains in the database.
///
/// They are caches, and never trusted over the log: one of another form, one whose checksum
/// is not right, and one that does not end with the event that the log has at its revision
/// are passed over for an earlier one, or for the first event.
struct StoredSnapshot {
    let database: Database
    let logger: Logger

    /// The last domain that can be had from a snapshot.
    ///
    /// - Parameter revision: That of the event which is the last one it may hold.
    func domain(_ id: DomainEntry.ID, through revision: Int = .max) throws -> Domain? {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT revision, format, sha256, content FROM snapshot
                    WHERE domain = ? AND revision <= ? ORDER BY revision DESC
                    """),
            arguments: [id.number, revision])
        while let row = try rows.next() {
            guard let revision: Int = row.readable(0) else { continue }
            // Of a later momentlog, or an earlier one: nothing is wrong with it.
            guard row.readable(1) == DomainSnapshot.format else { continue }
            if let domain = try domain(in: row, of: id), domain.revision == revision {
                return domain
            }
            logger.warning(
                "a snapshot is damaged and skipped; rebuild the domain's snapshots",
                metadata: ["domain": "\(id.number)", "revision": "\(revision)"])
        }
        return nil
    }

    /// A snapshot as the check of a store looks at it.
    struct Kept {
        let row: Int64
        let revision: Int
        let format: Int
        /// Whether its checksum is right, by the form that this momentlog writes.
        let isIntact: Bool
    }

    /// All snapshots of a domain, the earliest first, without their contents.
    func all(of id: DomainEntry.ID) throws -> [Kept] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, revision, format, sha256, content FROM snapshot WHERE domain = ?
                ORDER BY revision
                """, arguments: [id.number])
        var all: [Kept] = []
        while let row = try rows.next() {
            let revision: Int = row.readable(1) ?? 0
            let content: Data? = row.readable(4)
            let kept: Data? = row.readable(3)
            let number: Int64? = row.readable(0)
            let format: Int? = row.readable(2)
            var checksum: Data?
            if let content { checksum = try self.checksum(of: content, id, revision: revision) }
            all.append(
                Kept(
                    row: number ?? 0, revision: revision, format: format ?? 0,
                    isIntact: checksum != nil && checksum == kept))
        }
        return all
    }

    /// Whether a snapshot's checksum is that of another revision.
    func isOfRevision(_ revision: Int?, _ kept: Kept, _ id: DomainEntry.ID) throws -> Bool {
        guard let revision, let content = try content(of: kept) else { return false }
        let checksum = try checksum(of: Data(content), id, revision: revision)
        let row = try Row.fetchOne(
            database, sql: "SELECT sha256 FROM snapshot WHERE id = ?", arguments: [kept.row])
        return checksum != nil && checksum == row.flatMap { $0.readable(0) }
    }

    /// What a snapshot holds.
    func content(of kept: Kept) throws -> [UInt8]? {
        let row = try Row.fetchOne(
            database, sql: "SELECT content FROM snapshot WHERE id = ?", arguments: [kept.row])
        let content: Data? = row.flatMap { $0.readable(0) }
        return content.map { [UInt8]($0) }
    }

    private func domain(in row: Row, of id: DomainEntry.ID) throws -> Domain? {
        guard let kept: Data = row.readable(2), let content: Data = row.readable(3),
            let checksum = try checksum(of: content, id, revision: row.readable(0) ?? 0),
            checksum == kept
        else { return nil }
        return content.withUnsafeBytes { DomainSnapshot.decode($0) }
    }

    /// The revision of the domain's last snapshot; 0 if it has none.
    func lastRevision(of id: DomainEntry.ID) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "SELECT max(revision) FROM snapshot WHERE domain = ? AND format = ?")
        return try Int.fetchOne(statement, arguments: [id.number, DomainSnapshot.format]) ?? 0
    }

    /// Keeps what a domain is, in place of what was kept of that revision.
    ///
    /// - Throws: ``MomentlogError`` with `revision-conflict` if the log has no such revision.
    func keep(_ content: [UInt8], _ id: DomainEntry.ID, revision: Int) throws {
        let content = Data(content)
        guard let checksum = try checksum(of: content, id, revision: revision) else {
            throw MomentlogError(
                .revisionConflict,
                "domain \(id.number) has no revision \(revision) to keep a snapshot of")
        }
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO snapshot (domain, revision, format, sha256, content)
                VALUES (?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            id.number, revision, DomainSnapshot.format, checksum, content,
        ])
    }

    /// Removes all snapshots of a domain.
    func remove(of id: DomainEntry.ID) throws {
        try database.execute(sql: "DELETE FROM snapshot WHERE domain = ?", arguments: [id.number])
    }

    /// The hash of a snapshot and of the event that it ends with; nil if there is none.
    private func checksum(
        of content: Data, _ id: DomainEntry.ID, revision: Int
    ) throws -> Data? {
        let statement = try database.cachedStatement(
            sql: "SELECT line FROM event WHERE domain = ? AND revision = ?")
        guard
            let line = try String.fetchOne(statement, arguments: [id.number, revision])
        else { return nil }
        var hash = SHA256()
        for number in [Int(id.number), revision, DomainSnapshot.format, line.utf8.count] {
            withUnsafeBytes(of: UInt64(number).bigEndian) { hash.update(bufferPointer: $0) }
        }
        hash.update(data: Array(line.utf8))
        hash.update(data: content)
        return Data(hash.finalize())
    }
}
