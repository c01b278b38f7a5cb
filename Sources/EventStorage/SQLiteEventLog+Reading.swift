import Foundation
import GRDB
import Logging
public import Moments

extension SQLiteEventLog {
    /// All domains that ever were; see ``EventLog/domains()``.
    public func domains() async throws(MomentlogError) -> [DomainEntry] {
        try await read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, name, uuid, is_live FROM domain ORDER BY id")
            return rows.map { row in
                DomainEntry(
                    id: DomainEntry.ID(number: row[0]), name: row[1],
                    uuid: (row[2] as String?).flatMap { DomainUUID($0) }, isLive: row[3])
            }
        } ?? []
    }

    /// How many events there are; see ``EventLog/size()``.
    public func size() async throws(MomentlogError) -> Int {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT coalesce(max(sequence), 0) FROM event")
            return try Int.fetchOne(statement) ?? 0
        } ?? 0
    }

    /// A domain as its events tell it; see ``EventLog/replay(_:onto:)``.
    public func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain {
        let logger = self.logger
        let replayed = try await read { database in
            var replay = DomainReplay(database: database, logger: logger)
            return try replay.replay(domain, onto: known)
        }
        guard let replayed else {
            throw MomentlogError(.noDomain, "the log is empty and knows no domain")
        }
        return replayed
    }

    /// A definition's content; see ``EventLog/definition(_:)``.
    public func definition(
        _ digest: DefinitionDigest
    ) async throws(MomentlogError) -> [UInt8] {
        let found = try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT content FROM definition WHERE sha256 = ?")
            return try Data.fetchOne(statement, arguments: [Data(digest.bytes)])
        }
        guard let content = found.flatMap(\.self) else {
            throw MomentlogError(.corrupt, "the store does not hold definition \(digest)")
        }
        return [UInt8](content)
    }

    /// Reads events one by one; see ``EventLog/read(_:_:)``.
    public func read(
        _ query: EventQuery,
        _ body: @escaping @Sendable (LoggedLine) throws(MomentlogError) -> Bool
    ) async throws(MomentlogError) {
        _ = try await read { database in
            let selection = try EventSelection(query, database)
            let lines = try String.fetchCursor(
                database, sql: selection.sql, arguments: selection.arguments)
            while let line = try lines.next(), try body(LoggedLine(text: line)) {}
        }
    }
}

/// Replays a domain's events into its state.
struct DomainReplay {
    private let database: Database
    private let logger: Logger
    private var definitions: [Int64: DefinitionDigest] = [:]
    private var diskLists: [Int64: DiskListContent.Decoded] = [:]

    init(database: Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// The domain as its events up to one of the log tell it.
    mutating func replay(_ id: DomainEntry.ID, through sequence: Int) throws -> Domain {
        try replay(id, onto: nil, toRevision: lastRevision(id, through: sequence))
    }

    /// The domain's last revision up to a sequence; 0 if there is none.
    ///
    /// - Complexity: O(log² *n*): sequences rise with revisions, so that halving finds it,
    ///   where SQLite would walk back from the last.
    private func lastRevision(_ id: DomainEntry.ID, through sequence: Int) throws -> Int {
        let latest = try database.cachedStatement(
            sql: "SELECT max(revision) FROM event WHERE domain = ?")
        let place = try database.cachedStatement(
            sql: "SELECT sequence FROM event WHERE domain = ? AND revision = ?")
        var (found, above) = (0, (try Int.fetchOne(latest, arguments: [id.number]) ?? 0) + 1)
        while found + 1 < above {
            let middle = found + (above - found) / 2
            guard let there = try Int.fetchOne(place, arguments: [id.number, middle]) else {
                throw MomentlogError(
                    .corrupt, "revision \(middle) of domain \(id.number) is missing")
            }
            if there <= sequence { found = middle } else { above = middle }
        }
        return found
    }

    /// The domain as its events tell it, those up to a known state left out.
    mutating func replay(
        _ id: DomainEntry.ID, onto known: Domain?, toRevision last: Int = .max
    ) throws -> Domain {
        guard
            let name = try String.fetchOne(
                database, sql: "SELECT name FROM domain WHERE id = ?", arguments: [id.number])
        else { throw MomentlogError(.noDomain, "the log knows no domain \(id.number)") }
        let start = ContinuousClock.now
        let snapshot =
            known == nil
            ? try StoredSnapshot(database: database, logger: logger).domain(id, through: last)
            : nil
        var domain = known ?? snapshot ?? Domain(name: name)
        let first = domain.revision
        // The line is read only of events that are rare.
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT revision, kind, checkpoint, parent, creation_time, disks, definition,
                        claims, description, CASE WHEN kind < 4 THEN line END
                    FROM event WHERE domain = ? AND revision > ? AND revision <= ?
                    ORDER BY revision
                    """),
            arguments: [id.number, domain.revision, last])
        while let row = try rows.next() {
            let revision: Int = row[0]
            guard revision == domain.revision + 1 else {
                throw MomentlogError(
                    .corrupt, "revision \(domain.revision + 1) of domain '\(name)' is missing")
            }
            do {
                try domain.applyUnsettled(event(of: row))
            } catch let error as InconsistentEvent {
                throw MomentlogError(
                    .corrupt, "revision \(revision) of domain '\(name)': \(error)", cause: error)
            }
        }
        domain.settle()
        logger.debug(
            "replayed a domain",
            metadata: [
                "domain": "\(name)", "from-revision": "\(first)",
                "events": "\(domain.revision - first)",
                "microseconds": "\((ContinuousClock.now - start).microseconds)",
            ])
        return domain
    }

    private mutating func event(of row: Row) throws -> Event {
        switch row[1] as Int {
        case 1, 2, 3:
            return try EventLine.decode(row[9] ?? "").event
        case 4:
            return .checkpointCreated(try checkpoint(of: row))
        case 5:
            return .checkpointRedefined(
                try checkpoint(of: row), claimsCurrent: (row[7] as Int?) == 1)
        case 6:
            guard let name: String = row[2] else { throw incomplete(row) }
            return .checkpointDeleted(name)
        case 7:
            return .currentSet(row[2])
        default:
            throw MomentlogError(
                .tooNew,
                "the log holds an event of kind \(row[1] as Int), which this momentlog"
                    + " does not know",
                hint: "use the momentlog that wrote the store, or a later one")
        }
    }

    private mutating func checkpoint(of row: Row) throws -> Checkpoint {
        guard let name: String = row[2], let creationTime: Int64 = row[4] else {
            throw incomplete(row)
        }
        return Checkpoint(
            name: name, description: row[8], parent: row[3], creationTime: creationTime,
            disks: try (row[5] as Int64?).map { try diskList($0).disks(of: name) } ?? [],
            definition: try (row[6] as Int64?).map { try definition($0) })
    }

    private func incomplete(_ row: Row) -> MomentlogError {
        MomentlogError(.corrupt, "an event at revision \(row[0] as Int) lacks a column")
    }

    private mutating func definition(_ id: Int64) throws -> DefinitionDigest {
        if let digest = definitions[id] { return digest }
        let bytes = try Data.fetchOne(
            database, sql: "SELECT sha256 FROM definition WHERE id = ?", arguments: [id])
        guard let digest = bytes.flatMap({ DefinitionDigest(bytes: $0) }) else {
            throw MomentlogError(.corrupt, "definition \(id) is not there")
        }
        definitions[id] = digest
        return digest
    }

    private mutating func diskList(_ id: Int64) throws -> DiskListContent.Decoded {
        if let list = diskLists[id] { return list }
        let content = try String.fetchOne(
            database, sql: "SELECT content FROM disk_list WHERE id = ?", arguments: [id])
        guard let list = content.flatMap({ DiskListContent.Decoded($0) }) else {
            throw MomentlogError(.corrupt, "disk list \(id) is not there")
        }
        diskLists[id] = list
        return list
    }
}
