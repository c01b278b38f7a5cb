public import EventLog
import GRDB
public import Moments

extension SQLiteEventLog {
    /// Returns the last commit's end up to a point in time; see ``EventLog/position(at:)``.
    public func position(at when: When) async throws(MomentlogError) -> LogPosition {
        let found = try await read { database in
            switch when {
            case .time(let time):
                return try LogPosition.last(in: database) { try $0.time(of: $1) <= time }
            case .now: return try LogPosition.last(in: database) { _, _ in true }
            case .sequence(let sequence):
                let size = try Int.lastSequence(database)
                guard (0...size).contains(sequence) else {
                    throw MomentlogError.notReached(sequence, size: size)
                }
                return try LogPosition.last(in: database) { $1.size <= sequence }
            }
        }
        if found == nil, case .sequence(let sequence) = when, sequence != 0 {
            throw MomentlogError.notReached(sequence, size: 0)
        }
        return found ?? .start
    }

    /// Returns the domains that existed; see ``EventLog/domains(through:bearing:)``.
    public func domains(
        through sequence: Int, bearing name: String?
    ) async throws(MomentlogError) -> [DomainEntry] {
        try await read { [knownIdentity] database in
            let store = try knownIdentity.identity(in: database)
            var arguments: StatementArguments = [sequence]
            var bearing = ""
            if let name {
                // Domains that have the name, or had it once; they are filtered below.
                let name = JSONText.quoted(name)
                bearing = "AND (instr(line, ?) OR instr(line, ?))"
                arguments += ["\"domain\":" + name, "\"name\":" + name]
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

    /// Returns a domain in the past; see ``EventLog/replay(_:through:)``.
    public func replay(
        _ domain: DomainEntry.ID, through sequence: Int
    ) async throws(MomentlogError) -> Domain? {
        let logger = self.logger
        let replayed: Domain?? = try await read { [knownIdentity] database in
            try knownIdentity.check(domain, in: database)
            let replay = DomainReplay(database: database, logger: logger)
            let domain = try replay.replay(domain, through: sequence)
            return domain.revision == 0 ? nil : domain
        }
        guard let replayed else { throw .foreignIdentifier }
        return replayed
    }
}

extension LogPosition {
    /// Returns the end of the last commit that satisfies a condition, which no commit after one
    /// that fails it satisfies.
    ///
    /// Commits are numbered without gaps, and both their sizes and their times follow the numbers,
    /// so a binary search finds it.
    fileprivate static func last(
        in database: Database, where holds: (CommitTable, CommitTable.Place) throws -> Bool
    ) throws -> LogPosition {
        let commits = CommitTable(database: database)
        var found = CommitTable.Place.start
        let last = try commits.last()
        if try holds(commits, last) {
            found = last
        } else {
            var above = last.number
            while found.number + 1 < above {
                let middle = try commits.place(of: found.number + (above - found.number) / 2)
                if try holds(commits, middle) { found = middle } else { above = middle.number }
            }
        }
        guard found.number > 0 else { return .start }
        return LogPosition(
            sequence: found.size, commit: found.number, time: try commits.time(of: found))
    }
}

extension DomainEntry {
    /// Returns the domain after its own events up to a sequence; nil if there is none, or it was
    /// undefined.
    fileprivate static func fetch(
        _ id: ID, through sequence: Int, _ database: Database
    ) throws -> DomainEntry? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT line, sequence, domain, revision, kind
                FROM event INDEXED BY identity_of_domain
                WHERE kind < 4 AND domain = ? AND sequence <= ? ORDER BY sequence
                """)
        try statement.setArguments([id.number, sequence])
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer { row.reset() }
        var identity = DomainIdentity()
        while try row.step() { identity.apply(try CheckedRow(row, of: id.number).parsed) }
        guard identity.isLive else { return nil }
        return DomainEntry(id: id, name: identity.name, uuid: identity.uuid, isLive: true)
    }
}
