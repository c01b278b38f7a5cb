import EventLog
import GRDB
import Logging
import Moments

extension StoreVerifier {
    /// Finds the snapshots: they are compared when the replay reaches their ends.
    mutating func findSnapshots() throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT id, domain, revision, sequence, format FROM snapshot")
        while let row = try rows.next() {
            // Of an earlier format: nothing reads it.
            guard row.readable(4) == DomainSnapshot.format else {
                try checkForm(row.readable(0) ?? 0)
                continue
            }
            snapshots[row.readable(3) ?? 0, default: []].append(
                SnapshotPlace(
                    row: row.readable(0) ?? 0, domain: row.readable(1) ?? 0,
                    revision: row.readable(2) ?? 0))
        }
    }

    private func kept(_ row: Int64) throws -> StoredSnapshot.Kept? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(StoredSnapshot.Kept.columns) FROM snapshot WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [row]).map { StoredSnapshot.Kept($0) }
    }

    /// Skips snapshots of another format; one whose format was altered has a wrong checksum.
    private mutating func checkForm(_ row: Int64) throws {
        guard let kept = try kept(row), !kept.isIntact else { return }
        add(row, kept.domain, kept.revision, .warning, "it is damaged, and skipped", "format")
    }

    /// Compares the snapshots that end with an event with the state of the replay.
    mutating func checkSnapshots(
        _ line: ParsedLine, _ domain: Int64, _ bytes: UnsafeRawBufferPointer
    ) throws {
        guard let places = snapshots.removeValue(forKey: line.sequence) else { return }
        for place in places {
            guard place.domain == domain, place.revision == line.revision else {
                snapshots[line.sequence, default: []].append(place)
                continue
            }
            guard let kept = try kept(place.row) else { continue }
            guard kept.isIntact, kept.ends(with: bytes) else {
                // It is skipped, and does no harm.
                add(
                    place.row, domain, place.revision, .warning, "it is damaged, and skipped",
                    kept.isIntact ? "leaf" : "content")
                continue
            }
            guard let replayed = log.domain(domain) else { continue }
            if !kept.holds(DomainSnapshot.encode(replayed)) {
                add(
                    place.row, domain, place.revision, .error, "it does not match the events",
                    "content")
            }
        }
    }

    /// Checks snapshots that nothing reads: they name an event that does not belong to their
    /// domain.
    mutating func checkStraySnapshots() {
        for (sequence, places) in snapshots.sorted(by: { $0.key < $1.key }) {
            for place in places.sorted(by: { $0.row < $1.row }) {
                add(
                    place.row, place.domain, place.revision, .warning,
                    "the log has no such revision at event \(sequence)", "sequence")
            }
        }
    }

    private mutating func add(
        _ row: Int64, _ domain: Int64, _ revision: Int, _ severity: Finding.Severity,
        _ what: String, _ column: String
    ) {
        let name = log.identities[domain]?.name
        add(
            .alteredTable,
            StorePlace(table: "snapshot", row: String(row), column: column), severity: severity,
            "the snapshot of domain \(name.map { "'\($0.clipped)'" } ?? "\(domain)") at revision"
                + " \(revision): \(what)",
            remedies: name.map { [Remedy(.rebuildSnapshots(domain: DomainReference($0)))] } ?? [])
    }
}
