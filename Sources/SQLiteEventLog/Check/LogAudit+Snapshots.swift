import EventLog
import Foundation
import GRDB
import Logging
import Moments

extension LogAudit {
    /// Replays domains from their first events on, and compares: what snapshots hold, and what
    /// a replay that begins at the last of them gives, as every answer does.
    ///
    /// Domains without snapshots are replayed only where everything is looked at. One domain is
    /// held in memory at a time.
    mutating func checkSnapshots() throws {
        let logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
        let snapshots = StoredSnapshot(database: database, logger: logger)
        let numbers = try Int64.fetchAll(
            database,
            sql: depth == .everything
                ? "SELECT id FROM domain ORDER BY id"
                : "SELECT DISTINCT domain FROM snapshot ORDER BY domain")
        for number in numbers {
            var replay = DomainReplay(database: database, logger: logger)
            let id = DomainEntry.ID(number: number, store: .unknown)
            do {
                try check(id, &replay, snapshots)
            } catch let error as MomentlogError {
                // Mostly its events are at fault, which is told already.
                guard depth == .everything else { continue }
                add(
                    .alteredTable, StorePlace(table: "domain", row: String(number)), nil,
                    "domain \(number) cannot be replayed: \(error.message)")
            }
        }
        if depth == .everything { try checkStraySnapshots() }
    }

    private mutating func check(
        _ id: DomainEntry.ID, _ replay: inout DomainReplay, _ snapshots: StoredSnapshot
    ) throws {
        let name = lines.domains[id.number]?.name ?? ""
        var domain = Domain(name: name)
        let last = Int(lines.domains[id.number]?.revision ?? 0)
        var hasSnapshot = false
        for kept in try snapshots.all(of: id) where kept.revision <= last {
            guard kept.format == DomainSnapshot.format else {
                if kept.isIntact { add(kept, .warning, "its format was altered", name, "format") }
                continue
            }
            domain = try replay.replay(id, onto: domain, toRevision: kept.revision)
            let decoded = try snapshots.content(of: kept).flatMap { DomainSnapshot.decode($0) }
            let isSame = decoded?.isSame(as: domain) ?? false
            if !kept.isIntact {
                // It is passed over, and does no harm.
                guard depth == .everything else { continue }
                let column =
                    try isSame
                    ? "sha256"
                    : snapshots.isOfRevision(decoded?.revision, kept, id) ? "revision" : "content"
                add(kept, .warning, "it is damaged, and passed over", name, column)
            } else if !isSame {
                add(kept, .error, "it is not what the events tell", name, "content")
            } else {
                hasSnapshot = true
            }
        }
        guard depth == .everything else { return }
        domain = try replay.replay(id, onto: domain)
        // Without one an answer is this very replay.
        guard hasSnapshot else { return }
        let answer = try replay.replay(id, onto: nil)
        if !answer.isSame(as: domain) {
            faults.add(
                Verification.Fault(
                    .alteredTable, StorePlace(table: "domain", row: String(id.number)),
                    "what is answered of domain '\(name.clipped)' is not what its events tell",
                    remedies: Self.rebuilding(name)))
        }
    }

    /// Snapshots that nothing reads: of domains or revisions that are not there.
    private mutating func checkStraySnapshots() throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT id, domain, revision FROM snapshot ORDER BY id")
        while let row = try rows.next() {
            let number: Int64 = row.readable(1) ?? 0
            let revision: Int64 = row.readable(2) ?? 0
            let domain = lines.domains[number]
            guard number < 1 || revision < 1 || revision > domain?.revision ?? 0 else { continue }
            faults.add(
                Verification.Fault(
                    .alteredTable,
                    StorePlace(
                        table: "snapshot", row: String((row.readable(0) as Int64?) ?? 0),
                        column: domain == nil ? "domain" : "revision"),
                    severity: .warning,
                    "a snapshot is of domain \(number) at revision \(revision), which the log does"
                        + " not have",
                    remedies: domain?.name.map { Self.rebuilding($0) } ?? []))
        }
    }

    private mutating func add(
        _ kept: StoredSnapshot.Kept, _ severity: Finding.Severity, _ what: String,
        _ name: String, _ column: String
    ) {
        faults.add(
            Verification.Fault(
                .alteredTable,
                StorePlace(table: "snapshot", row: String(kept.row), column: column),
                severity: severity,
                "the snapshot of domain '\(name.clipped)' at revision \(kept.revision): \(what)",
                remedies: Self.rebuilding(name)))
    }

    private static func rebuilding(_ domain: String) -> [Remedy] {
        [Remedy(.rebuildSnapshots(domain: domain))]
    }
}

extension Domain {
    fileprivate func isSame(as other: Domain) -> Bool {
        name.hasSameBytes(as: other.name) && uuid == other.uuid
            && definition == other.definition && isLive == other.isLive
            && revision == other.revision && graph == other.graph
    }
}
