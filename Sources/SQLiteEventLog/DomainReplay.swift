import EventLog
import GRDB
import Logging
import Moments

/// Replays a domain's events into its state.
struct DomainReplay {
    private let database: Database
    private let logger: Logger

    init(database: Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// Returns the domain after its events up to one of the log.
    func replay(_ id: DomainEntry.ID, through sequence: Int) throws -> Domain {
        try replay(id, onto: nil, toRevision: lastRevision(id, through: sequence))
    }

    /// Returns the domain's last revision up to a sequence; 0 if there is none.
    ///
    /// - Complexity: O(log² *n*): sequences rise with revisions, so a binary search finds it, where
    ///   SQLite would walk back from the last.
    private func lastRevision(_ id: DomainEntry.ID, through sequence: Int) throws -> Int {
        let latest = try database.cachedStatement(
            sql: "SELECT max(revision) FROM event WHERE domain = ?")
        let place = try database.cachedStatement(
            sql: "SELECT sequence FROM event WHERE domain = ? AND revision = ?")
        var (found, above) = (0, (try Int.fetchOne(latest, arguments: [id.number]) ?? 0) &+ 1)
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

    /// Returns the domain after its events, starting from a known state.
    func replay(
        _ id: DomainEntry.ID, onto known: Domain?, toRevision last: Int = .max
    ) throws -> Domain {
        let naming = try database.cachedStatement(
            sql: "SELECT name, uuid, is_live FROM domain WHERE id = ?")
        guard let row = try Row.fetchOne(naming, arguments: [id.number]) else {
            throw MomentlogError(.noDomain, "no domain with the number \(id.number)")
        }
        let name: String = try row.value(0)
        let began = ContinuousClock.now
        let snapshot =
            known == nil
            ? try StoredSnapshot(database: database, logger: logger).domain(id, through: last)
            : nil
        let start = known ?? snapshot ?? Domain(name: name)
        let domain = try replayed(onto: start, id, name: name, toRevision: last)
        if last == .max, domain.revision > 0 { try Self.check(row, id, against: domain) }
        logger.debug(
            "replayed a domain",
            metadata: [
                "domain": "\(name)", "from-revision": "\(start.revision)",
                "events": "\(domain.revision - start.revision)",
                "microseconds": "\((ContinuousClock.now - began).microseconds)",
            ])
        return domain
    }

    /// Checks that a domain's row has what its events say.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt`.
    private static func check(_ row: Row, _ id: DomainEntry.ID, against domain: Domain) throws {
        let name: String = try row.value(0)
        let uuid: String? = try row.value(1)
        let isLive: Bool = try row.value(2)
        let column: String
        let recorded: String
        if !name.hasSameBytes(as: domain.name) {
            (column, recorded) = ("name", "call it '\(domain.name.clipped)'")
        } else if uuid.flatMap({ DomainUUID($0) }) != domain.uuid {
            let known = domain.uuid.map { "give it \($0)" }
            (column, recorded) = ("uuid", known ?? "give it none")
        } else if isLive != domain.isLive {
            (column, recorded) = ("is_live", domain.isLive ? "leave it defined" : "undefine it")
        } else {
            return
        }
        throw MomentlogError(
            .corrupt,
            "domain \(id.number), column \(column) was altered: its events \(recorded)",
            hint: "see what is damaged before you restore a backup", suggestion: .verify)
    }

    /// Returns the domain with the events after its revision, row by row as SQLite returns them.
    private func replayed(
        onto start: Domain, _ id: DomainEntry.ID, name: String, toRevision last: Int
    ) throws -> Domain {
        let statement = try database.cachedStatement(
            sql: """
                SELECT line, sequence, domain, revision, kind FROM event
                WHERE domain = ? AND revision > ? AND revision <= ? ORDER BY revision
                """)
        try statement.setArguments([id.number, start.revision, last])
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        // The cached statement would otherwise keep its read transaction open.
        defer { row.reset() }
        var replay = LineReplay(onto: start)
        while try row.step() {
            let line = try CheckedRow(row, of: id.number).parsed
            guard line.revision == replay.domain.revision + 1 else {
                throw MomentlogError(
                    .corrupt,
                    "revision \(replay.domain.revision + 1) of domain '\(name)' is missing",
                    hint: "see what is damaged before you restore a backup", suggestion: .verify)
            }
            do throws(InconsistentEvent) {
                try replay.apply(line)
            } catch {
                throw MomentlogError(
                    .corrupt, "event \(line.sequence) of domain '\(name)': \(error)",
                    hint: "see what is damaged before you restore a backup", suggestion: .verify,
                    cause: error)
            }
        }
        replay.resolveCycles()
        return replay.domain
    }
}
