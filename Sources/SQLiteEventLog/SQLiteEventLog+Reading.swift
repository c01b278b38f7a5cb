public import EventLog
import Foundation
import GRDB
import Logging
public import Moments

extension SQLiteEventLog {
    /// All domains that ever were; see ``EventLog/domains()``.
    public func domains() async throws(MomentlogError) -> [DomainEntry] {
        try await read { [knownIdentity] database in
            let store = try knownIdentity.identity(in: database)
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, name, uuid, is_live FROM domain ORDER BY id")
            return try rows.map { row in
                try DomainEntry(
                    id: DomainEntry.ID(number: row.value(0), store: store), name: row.value(1),
                    uuid: (row.value(2) as String?).flatMap { DomainUUID($0) }, isLive: row.value(3)
                )
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
        let replayed = try await read { [knownIdentity] database in
            try knownIdentity.check(domain, in: database)
            var replay = DomainReplay(database: database, logger: logger)
            return try replay.replay(domain, onto: known)
        }
        // A store that does not exist yet has no identifiers.
        guard let replayed else { throw .foreignIdentifier }
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

    /// Some of the events that a query asks for; see ``EventLog/page(_:)``.
    ///
    /// No state of the database is held between pages. Events are never changed, so the pages up
    /// to the last event that there was at first are one state.
    public func page(_ query: EventQuery) async throws(MomentlogError) -> EventPage {
        let page = try await read { [knownIdentity] database in
            if let domain = query.domain { try knownIdentity.check(domain, in: database) }
            return try EventPage(query, database)
        }
        guard let page else {
            guard query.domain == nil else { throw .foreignIdentifier }
            return EventPage(lines: [], next: nil)
        }
        return page
    }
}

extension EventPage {
    private static let maximumLineCount = 1000
    private static let maximumByteCount = 1 << 20

    fileprivate init(_ query: EventQuery, _ database: Database) throws {
        self.init(lines: [], next: nil)
        var query = query
        let size = try Int.fetchOne(database, sql: "SELECT max(sequence) FROM event") ?? 0
        guard query.limit ?? 1 > 0, query.sequences.lowerBound <= size else { return }
        query.sequences = query.sequences.clamped(to: 1...size)
        let selection = try EventSelection(query, database)
        let rows = try Row.fetchCursor(
            database, sql: selection.sql, arguments: selection.arguments)
        var bytes = 0
        while let row = try rows.next() {
            let line = LoggedLine(text: try row.value(0))
            lines.append(line)
            bytes += line.text.utf8.count
            guard lines.count < Self.maximumLineCount, bytes < Self.maximumByteCount else {
                next = query.following(try row.value(1), count: lines.count)
                return
            }
        }
    }
}

/// Replays a domain's events into its state.
struct DomainReplay {
    private let database: Database
    private let logger: Logger
    /// By their numbers in the database.
    private var definitions: [Int64: MomentGraph.SharedDefinition] = [:]
    private var diskLists: [Int64: MomentGraph.SharedDisks] = [:]

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
        let naming = try database.cachedStatement(sql: "SELECT name FROM domain WHERE id = ?")
        guard let name = try String.fetchOne(naming, arguments: [id.number]) else {
            throw MomentlogError(.noDomain, "the log knows no domain \(id.number)")
        }
        let start = ContinuousClock.now
        let snapshot =
            known == nil
            ? try StoredSnapshot(database: database, logger: logger).domain(id, through: last)
            : nil
        var domain = known ?? snapshot ?? Domain(name: name)
        let first = domain.revision
        try replay(onto: &domain, id, name: name, toRevision: last)
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

    /// Applies the events behind a domain's revision, row by row as SQLite gives them.
    private mutating func replay(
        onto domain: inout Domain, _ id: DomainEntry.ID, name: String, toRevision last: Int
    ) throws {
        // The line is read only of events that are rare.
        let statement = try database.cachedStatement(
            sql: """
                SELECT revision, kind, checkpoint, parent, creation_time, disks, definition,
                    claims, description, CASE WHEN kind < 4 OR kind = 11 THEN line END, disk,
                    verdict, number
                FROM event WHERE domain = ? AND revision > ? AND revision <= ?
                ORDER BY revision
                """)
        try statement.setArguments([id.number, domain.revision, last])
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer {
            // The statement is kept, and would else hold on to the state that it reads.
            row.reset()
            letGo(of: &domain)
        }
        var commit: Int64 = 0
        while try row.step() {
            if row.number(12) != commit {
                commit = row.number(12)
                domain.beginCommit()
            }
            let revision = Int(row.number(0))
            guard revision == domain.revision + 1 else {
                throw MomentlogError(
                    .corrupt, "revision \(domain.revision + 1) of domain '\(name)' is missing")
            }
            do {
                try apply(row, to: &domain)
            } catch let error as InconsistentEvent {
                throw MomentlogError(
                    .corrupt, "revision \(revision) of domain '\(name)': \(error)", cause: error)
            }
        }
    }

    private mutating func apply(_ row: StoredRow, to domain: inout Domain) throws {
        let kind = Int(row.number(1))
        switch kind {
        case 1, 2, 3, 11:
            try domain.applyUnsettled(EventLine.decode(try text(row, 9) ?? "").event)
        case 4, 5:
            guard let name = try text(row, 2), let time = row.optional(4) else {
                throw incomplete(row)
            }
            let stored = StoredCheckpoint(
                name: name, description: try text(row, 8), parent: try text(row, 3),
                creationTime: time,
                disks: try row.optional(5).map { try disks($0, of: name, in: &domain) },
                definition: try row.optional(6).map { try definition($0, in: &domain) })
            try domain.putUnsettled(
                stored, isNew: kind == 4, claimsCurrent: kind == 5 && row.optional(7) == 1)
        case 6:
            guard let name = try text(row, 2) else { throw incomplete(row) }
            try domain.applyUnsettled(.checkpointDeleted(name))
        case 7:
            try domain.applyUnsettled(.currentSet(try text(row, 2)))
        case 9:
            guard let disk = try text(row, 10), let time = row.optional(4),
                let verdict = row.optional(11).flatMap({ BitmapVerdict(column: Int($0)) })
            else { throw incomplete(row) }
            // What the domain becomes by it depends on nothing else that the line tells.
            try domain.applyUnsettled(
                .bitmapObserved(
                    BitmapObservation(
                        checkpoint: try text(row, 2), disk: disk, bitmap: "", verdict: verdict,
                        observationTime: time)))
        default:
            throw MomentlogError(
                .tooNew,
                "the log holds an event of kind \(kind), which this momentlog does not know",
                hint: "use the momentlog that wrote the store, or a later one")
        }
    }

    private func text(_ row: StoredRow, _ column: CInt) throws -> String? {
        guard let bytes = row.bytes(column) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MomentlogError(
                .corrupt, "a text of the event at revision \(row.number(0)) is no UTF-8")
        }
        return text
    }

    private func incomplete(_ row: StoredRow) -> MomentlogError {
        MomentlogError(.corrupt, "an event at revision \(row.number(0)) lacks a column")
    }

    // MARK: What checkpoints share

    private mutating func definition(
        _ id: Int64, in domain: inout Domain
    ) throws -> MomentGraph.SharedDefinition {
        if let shared = definitions[id] { return shared }
        let bytes = try Data.fetchOne(
            database, sql: "SELECT sha256 FROM definition WHERE id = ?", arguments: [id])
        guard let digest = bytes.flatMap({ DefinitionDigest(bytes: $0) }) else {
            throw MomentlogError(.corrupt, "definition \(id) is not there")
        }
        let shared = domain.withShared { $0.share(digest) }
        definitions[id] = shared
        return shared
    }

    private mutating func disks(
        _ id: Int64, of checkpoint: String, in domain: inout Domain
    ) throws -> MomentGraph.SharedDisks {
        if let shared = diskLists[id] { return shared }
        let find = try database.cachedStatement(sql: "SELECT content FROM disk_list WHERE id = ?")
        let content = try String.fetchOne(find, arguments: [id])
        guard let list = content.flatMap({ DiskListContent.Decoded($0) }) else {
            throw MomentlogError(.corrupt, "disk list \(id) is not there")
        }
        let disks = list.disks(of: checkpoint)
        let shared = domain.withShared { $0.share(disks, of: checkpoint) }
        diskLists[id] = shared
        return shared
    }

    private mutating func letGo(of domain: inout Domain) {
        domain.withShared { graph in
            for shared in diskLists.values { graph.letGo(shared) }
            for shared in definitions.values { graph.letGo(shared) }
        }
        diskLists = [:]
        definitions = [:]
    }
}
