import Crypto
import EventLog
import Foundation
import GRDB
import Logging
import Moments

/// The snapshots of domains in the database.
///
/// They are caches, and never trusted over the log: one of another format, one with a wrong
/// checksum, and one that does not end with the log's event at its position are skipped in favour
/// of an earlier one, or the first event.
struct StoredSnapshot {
    let database: Database
    let logger: Logger

    /// A snapshot's row.
    struct Kept {
        static let columns = "id, domain, revision, sequence, leaf, format, sha256, content"

        let row: Int64
        let domain: Int64
        let revision: Int
        let sequence: Int
        let format: Int
        fileprivate let leaf: Data
        fileprivate let sha256: Data
        fileprivate let content: Data

        /// Reads a row of ``columns``; columns of another type are read as empty.
        init(_ row: Row) {
            self.row = row.readable(0) ?? 0
            domain = row.readable(1) ?? 0
            revision = row.readable(2) ?? 0
            sequence = row.readable(3) ?? 0
            leaf = row.readable(4) ?? Data()
            format = row.readable(5) ?? 0
            sha256 = row.readable(6) ?? Data()
            content = row.readable(7) ?? Data()
        }

        /// Whether its checksum is right.
        var isIntact: Bool {
            sha256
                == StoredSnapshot.checksum(
                    domain, revision, sequence, leaf: leaf, format, content: content)
        }

        /// The domain in it; nil if it is damaged.
        var decoded: Domain? {
            guard isIntact, let domain = content.withUnsafeBytes({ DomainSnapshot.decode($0) }),
                domain.revision == revision
            else { return nil }
            return domain
        }

        /// Returns whether it has this content.
        func holds(_ content: [UInt8]) -> Bool { self.content.elementsEqual(content) }

        /// Returns whether it ends with an event's line.
        func ends(with line: UnsafeRawBufferPointer) -> Bool {
            leaf.elementsEqual(MerkleNode(leaf: line).bytes)
        }
    }

    /// Returns the last domain that a snapshot provides.
    ///
    /// - Parameter revision: The last revision that it may contain.
    func domain(_ id: DomainEntry.ID, through revision: Int = .max) throws -> Domain? {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT \(Kept.columns) FROM snapshot
                    WHERE domain = ? AND revision <= ? ORDER BY revision DESC
                    """),
            arguments: [id.number, revision])
        while let row = try rows.next() {
            let kept = Kept(row)
            // Of a later momentlog, or an earlier one: that is not an error.
            guard kept.format == DomainSnapshot.format else { continue }
            if try endsInLog(kept), let domain = kept.decoded { return domain }
            logger.warning(
                "a snapshot is damaged and skipped; rebuild the domain's snapshots",
                metadata: ["domain": "\(id.number)", "revision": "\(kept.revision)"])
        }
        return nil
    }

    /// Returns whether the log has the event that a snapshot names, in its domain.
    private func endsInLog(_ kept: Kept) throws -> Bool {
        try withEvent(kept.domain, kept.revision) { row in
            guard let bytes = row.bytes(0), row.number(1) == kept.sequence,
                (try? CheckedRow(row, of: kept.domain)) != nil
            else { return false }
            return kept.ends(with: bytes)
        } ?? false
    }

    /// Returns the revision of the domain's last snapshot; 0 if it has none.
    func lastRevision(of id: DomainEntry.ID) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "SELECT max(revision) FROM snapshot WHERE domain = ? AND format = ?")
        return try Int.fetchOne(statement, arguments: [id.number, DomainSnapshot.format]) ?? 0
    }

    /// Saves a snapshot of a domain, replacing that of the same revision.
    ///
    /// - Throws: ``MomentlogError`` with `revision-conflict` if the log has no such revision.
    func keep(_ content: [UInt8], _ id: DomainEntry.ID, revision: Int) throws {
        let content = Data(content)
        let end = try withEvent(id.number, revision) { row in
            row.bytes(0).map { (Int(row.number(1)), Data(MerkleNode(leaf: $0).bytes)) }
        }
        guard let (sequence, leaf) = end.flatMap(\.self) else {
            throw MomentlogError(
                .revisionConflict,
                "domain \(id.number) has no revision \(revision) to keep a snapshot of")
        }
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO snapshot
                    (domain, revision, sequence, leaf, format, sha256, content)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            id.number, revision, sequence, leaf, DomainSnapshot.format,
            Self.checksum(
                id.number, revision, sequence, leaf: leaf, DomainSnapshot.format,
                content: content), content,
        ])
    }

    /// Removes all snapshots of a domain.
    func remove(of id: DomainEntry.ID) throws {
        try database.execute(sql: "DELETE FROM snapshot WHERE domain = ?", arguments: [id.number])
    }

    /// Calls a closure with the row of an event; returns nil if there is none.
    private func withEvent<Value>(
        _ domain: Int64, _ revision: Int, _ body: (StoredRow) throws -> Value
    ) throws -> Value? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT line, sequence, domain, revision, kind FROM event
                WHERE domain = ? AND revision = ?
                """)
        try statement.setArguments([domain, revision])
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer { row.reset() }
        return try row.step() ? try body(row) : nil
    }

    /// Returns the hash of a snapshot and of the event that it ends with.
    private static func checksum(
        _ domain: Int64, _ revision: Int, _ sequence: Int, leaf: Data, _ format: Int, content: Data
    ) -> Data {
        var hash = SHA256()
        for number in [Int(domain), revision, sequence, format, leaf.count] {
            withUnsafeBytes(of: UInt64(bitPattern: Int64(number)).bigEndian) {
                hash.update(bufferPointer: $0)
            }
        }
        hash.update(data: leaf)
        hash.update(data: content)
        return Data(hash.finalize())
    }
}
