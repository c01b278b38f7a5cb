public import EventLog
import GRDB
public import Moments

extension SQLiteEventLog {
    /// The last commit's end up to a point in time; see ``EventLog/position(at:)``.
    public func position(at when: When) async throws(MomentlogError) -> LogPosition {
        let found = try await read { database in
            switch when {
            case .time(let time):
                return try LogPosition.last(in: database) { _, ended in ended <= time }
            case .now: return try LogPosition.last(in: database) { _, _ in true }
            case .sequence(let sequence):
                let size = try LogPosition.size(of: database)
                guard (0...size).contains(sequence) else {
                    throw MomentlogError.notReached(sequence, size: size)
                }
                return try LogPosition.last(in: database) { size, _ in size <= sequence }
            }
        }
        if found == nil, case .sequence(let sequence) = when, sequence != 0 {
            throw MomentlogError.notReached(sequence, size: 0)
        }
        return found ?? .start
    }

    /// The domains that were there; see ``EventLog/domains(through:bearing:)``.
    public func domains(
        through sequence: Int, bearing name: String?
    ) async throws(MomentlogError) -> [DomainEntry] {
        try await read { [knownIdentity] database in
            let store = try knownIdentity.identity(in: database)
            var arguments: StatementArguments = [sequence]
            var bearing = ""
            if let name {
                // Which bear it, or did once; a closer look follows.
                var json = JSONText()
                json.value(name)
                bearing = "AND (instr(line, ?) OR instr(line, ?))"
                arguments += ["\"domain\":" + json.text, "\"name\":" + json.text]
            }
            let numbers = try Int64.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT domain FROM event INDEXED BY identity_of_domain
                    WHERE kind < 4 AND sequence <= ? \(bearing) ORDER BY domain
                    """, arguments: arguments)
            return try numbers.compactMap { number in
                try DomainEntry.fetch(
                    DomainEntry.ID(number: number, store: store), through: sequence, database)
            }.filter { entry in name.map { $0.hasSameBytes(as: entry.name) } ?? true }
        } ?? []
    }

    /// A domain as it was; see ``EventLog/replay(_:through:)``.
    public func replay(
        _ domain: DomainEntry.ID, through sequence: Int
    ) async throws(MomentlogError) -> Domain? {
        let logger = self.logger
        let replayed: Domain?? = try await read { [knownIdentity] database in
            try knownIdentity.check(domain, in: database)
            var replay = DomainReplay(database: database, logger: logger)
            let domain = try replay.replay(domain, through: sequence)
            return domain.revision == 0 ? nil : domain
        }
        guard let replayed else { throw .foreignIdentifier }
        return replayed
    }
}

extension LogPosition {
    /// The end of the last commit of those for which a condition holds, which is true of
    /// none that comes after one of which it is false.
    ///
    /// Commits are numbered without gaps, and both their sizes and their times follow the
    /// numbers, so that halving finds it.
    fileprivate static func last(
        in database: Database, where holds: (_ size: Int, _ time: Timestamp) -> Bool
    ) throws -> LogPosition {
        let statement = try database.cachedStatement(
            sql: "SELECT size, time FROM log_commit WHERE number = ?")
        var found = LogPosition.start
        var above = try Int.fetchOne(database, sql: "SELECT max(number) FROM log_commit") ?? 0
        above += 1
        while found.commit + 1 < above {
            let middle = found.commit + (above - found.commit) / 2
            guard let row = try Row.fetchOne(statement, arguments: [middle]) else {
                throw MomentlogError(.corrupt, "commit \(middle) is missing")
            }
            let (size, time): (Int, Timestamp) = try (
                row.value(0), Timestamp(microseconds: row.value(1))
            )
            if holds(size, time) {
                found = LogPosition(sequence: size, commit: middle, time: time)
            } else {
                above = middle
            }
        }
        return found
    }

    fileprivate static func size(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT max(sequence) FROM event") ?? 0
    }
}

extension DomainEntry {
    /// The domain as its last event up to a sequence that is about itself tells it; nil if
    /// there is none, or it was undefined.
    fileprivate static func fetch(
        _ id: ID, through sequence: Int, _ database: Database
    ) throws -> DomainEntry? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT line, (SELECT uuid FROM domain WHERE id = event.domain),
                    (SELECT kind FROM event AS e INDEXED BY identity_of_domain
                     WHERE e.kind < 4 AND e.kind <> 2 AND e.domain = event.domain
                        AND e.sequence <= event.sequence ORDER BY e.sequence DESC LIMIT 1)
                FROM event INDEXED BY identity_of_domain
                WHERE kind < 4 AND domain = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1
                """)
        guard let row = try Row.fetchOne(statement, arguments: [id.number, sequence]) else {
            return nil
        }
        // Of a domain that is gone the name may still change.
        guard try row.value(2) == Event.Kind.domainDefined.column else { return nil }
        let recorded = try EventLine.decode(row.value(0))
        var name = recorded.domain ?? ""
        if case .domainRenamed(to: let newName) = recorded.event { name = newName }
        return DomainEntry(
            id: id, name: name,
            uuid: try (row.value(1) as String?).flatMap { DomainUUID($0) }, isLive: true)
    }
}
