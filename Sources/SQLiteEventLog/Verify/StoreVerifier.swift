import EventLog
import Foundation
import GRDB
import Logging
import Moments

/// Verifies everything in a database, in one pass over its events, and then its other tables, which
/// follow from them.
struct StoreVerifier {
    let database: Database
    let depth: Verification.Depth
    private let kept: StoreHead?
    private let recorded: StoreHead?
    private let progress: @Sendable (WorkProgress) -> Void
    var log: LogVerifier
    /// Snapshots for which no event has been found yet, by the sequences that they name.
    var snapshots: [Int: [SnapshotPlace]] = [:]

    /// The row of a snapshot.
    struct SnapshotPlace {
        let row: Int64
        let domain: Int64
        let revision: Int
    }

    /// - Parameters:
    ///   - kept: The head that was kept elsewhere.
    ///   - recorded: The head in the store's head file.
    init(
        database: Database, depth: Verification.Depth, kept: StoreHead? = nil,
        recorded: StoreHead? = nil, progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) {
        self.database = database
        self.depth = depth
        self.kept = kept
        self.recorded = recorded
        self.progress = progress
        log = LogVerifier(
            sizes: [kept?.size, recorded?.size].compactMap(\.self), replays: depth != .log)
    }

    /// Verifies everything.
    mutating func run() throws -> Verification {
        if depth == .everything { try look(at: "schema") { try $0.checkStructure() } }
        if depth != .log { try look(at: "snapshot") { try $0.findSnapshots() } }
        var origin = "momentlog/"
        try look(at: "store") { origin = try StoreHead.origin($0.database) }
        var head = StoreHead(origin: origin, size: 0, root: MerkleTree().root)
        var roots: [Int: [UInt8]] = [:]
        let areRead = try look(at: "event") { (head, roots) = try $0.checkEvents(origin) }
        try look(at: "definition") { try $0.checkDefinitions() }
        var matches = false
        if areRead {
            if depth != .log {
                try look(at: "domain") { try $0.checkDomains() }
                try look(at: "store") { try $0.checkSettings() }
                try look(at: "request") { try $0.checkRequests() }
                try look(at: "observation") { try $0.checkObservations() }
                checkStraySnapshots()
            }
            if let recorded { _ = log.compare(recorded, with: head, roots, isBesideStore: true) }
            if let kept { matches = log.compare(kept, with: head, roots, isBesideStore: false) }
        } else {
            add(
                .damagedDatabase, StorePlace(table: "event"),
                "not all events could be read: neither what follows from them nor any head was"
                    + " compared")
        }
        return Verification(
            head: head, commits: log.commitCount, faults: log.faults.sorted,
            faultCount: log.faults.count,
            coverage: kept.map {
                Verification.Coverage(of: $0, matches: matches, logSize: head.size)
            })
    }

    /// Runs a part of the verification; returns whether everything could be read. Damage that
    /// SQLite cannot read is a fault like others.
    @discardableResult
    private mutating func look(
        at table: String, _ part: (inout StoreVerifier) throws -> Void
    ) throws -> Bool {
        do {
            try part(&self)
            return true
        } catch let error as DatabaseError where error.resultCode != .SQLITE_NOMEM {
            add(
                .damagedDatabase, StorePlace(table: table),
                "the table could not be read to its end: \(error.message ?? "\(error)")")
            return false
        } catch let error as MomentlogError where error.code == .corrupt {
            add(.damagedDatabase, StorePlace(table: table), error.message)
            return false
        }
    }

    private mutating func checkEvents(
        _ origin: String
    ) throws -> (StoreHead, [Int: [UInt8]]) {
        let events = try database.makeStatement(
            sql: "SELECT line, sequence, domain, revision, kind FROM event ORDER BY sequence")
        let commits = try database.makeStatement(
            sql: "SELECT number, size, nodes FROM log_commit ORDER BY number")
        // A damaged log may hold more or fewer.
        let total = try? Int.lastSequence(database)
        return try withExtendedLifetime((events, commits)) {
            let row = StoredRow(UnsafeMutableRawPointer(events.sqliteStatement))
            let commitRow = StoredRow(UnsafeMutableRawPointer(commits.sqliteStatement))
            defer {
                row.reset()
                commitRow.reset()
            }
            func nextCommit() throws -> LogVerifier.Commit? {
                guard try commitRow.step() else { return nil }
                return LogVerifier.Commit(
                    number: Int(commitRow.number(0)), size: Int(commitRow.number(1)),
                    nodes: commitRow.bytes(2).map { Array($0) } ?? [])
            }
            while try row.step() {
                let columns = LogVerifier.Columns(
                    sequence: row.number(1), domain: row.number(2), revision: row.number(3),
                    kind: row.number(4))
                let bytes = row.bytes(0) ?? UnsafeRawBufferPointer(start: nil, count: 0)
                let found = try log.take(bytes, columns, commits: nextCommit)
                if let found, !snapshots.isEmpty {
                    try checkSnapshots(found.line, found.domain, bytes)
                }
                if log.size.isMultiple(of: 4_096) {
                    progress(WorkProgress(completed: log.size, total: total))
                }
            }
            progress(WorkProgress(completed: log.size, total: total))
            return try log.finish(
                origin: origin, references: [kept, recorded].compactMap(\.self), commits: nextCommit
            )
        }
    }

    mutating func add(
        _ kind: Verification.Kind, _ place: StorePlace, sequence: Int? = nil,
        severity: Finding.Severity = .error, _ message: String, remedies: [Remedy]? = nil
    ) {
        guard let remedies else {
            return log.faults.add(
                Verification.Fault(kind, place, sequence: sequence, severity: severity, message))
        }
        log.faults.add(
            Verification.Fault(
                kind, place, sequence: sequence, severity: severity, message, remedies: remedies))
    }
}

extension StoreVerifier {
    /// Checks SQLite's own structure, and compares tables, indexes and triggers with those of the
    /// migrations.
    private mutating func checkStructure() throws {
        // https://www.sqlite.org/pragma.html#pragma_integrity_check: the indexes too.
        let remarks = try String.fetchAll(
            database, sql: "PRAGMA integrity_check(\(Verification.maximumFaultCount))")
        for remark in remarks where remark != "ok" {
            add(.damagedDatabase, .database, "SQLite finds: \(remark)")
        }
        for difference in try SchemaObject.differences(of: database) {
            let place = StorePlace(table: "schema", row: difference.name)
            if difference.isUnknown {
                add(.unknownSchemaObject, place, difference.message, remedies: [])
            } else {
                add(.alteredSchema, place, difference.message)
            }
        }
    }
}
