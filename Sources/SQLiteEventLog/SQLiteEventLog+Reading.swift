import Crypto
public import EventLog
import Foundation
import GRDB
import Logging
public import Moments

extension SQLiteEventLog {
    /// Returns all domains; see ``EventLog/domains()``.
    public func domains() async throws(MomentlogError) -> [DomainEntry] {
        try await entries("ORDER BY id", [])
    }

    /// Returns the domains of a name; see ``EventLog/domains(named:)``.
    public func domains(named name: String) async throws(MomentlogError) -> [DomainEntry] {
        try await entries("WHERE name = ? ORDER BY is_live DESC, id DESC", [name])
    }

    /// Returns the domain of a UUID; see ``EventLog/domain(uuid:)``.
    public func domain(uuid: DomainUUID) async throws(MomentlogError) -> DomainEntry? {
        try await entries("WHERE uuid = ?", [uuid.description]).first
    }

    private func entries(
        _ selection: String, _ arguments: [String]
    ) async throws(MomentlogError) -> [DomainEntry] {
        try await read { [knownIdentity] database in
            let store = try knownIdentity.identity(in: database)
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, name, uuid, is_live FROM domain \(selection)",
                arguments: StatementArguments(arguments))
            return try rows.map { row in
                try DomainEntry(
                    id: DomainEntry.ID(number: row.value(0), store: store), name: row.value(1),
                    uuid: (row.value(2) as String?).flatMap { DomainUUID($0) }, isLive: row.value(3)
                )
            }
        } ?? []
    }

    /// Returns the number of events; see ``EventLog/size()``.
    public func size() async throws(MomentlogError) -> Int {
        try await read { database in
            try Int.lastSequence(database)
        } ?? 0
    }

    /// Returns a domain after its events; see ``EventLog/replay(_:onto:)``.
    public func replay(
        _ domain: DomainEntry.ID, onto known: Domain?
    ) async throws(MomentlogError) -> Domain {
        let logger = self.logger
        let replayed = try await read { [knownIdentity, cache] database in
            try knownIdentity.check(domain, in: database)
            let replay = DomainReplay(database: database, logger: logger)
            return try replay.replay(domain, onto: known ?? cache[domain.number])
        }
        if let replayed { cache.put(replayed, domain.number) }
        // A store that does not exist yet has no identifiers.
        guard let replayed else { throw .foreignIdentifier }
        return replayed
    }

    /// Returns a definition's content; see ``EventLog/definition(_:)``.
    public func definition(
        _ digest: DefinitionDigest
    ) async throws(MomentlogError) -> [UInt8] {
        let found = try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT content FROM definition WHERE sha256 = ?")
            return try Data.fetchOne(statement, arguments: [Data(digest.bytes)])
        }
        guard let content = found.flatMap(\.self) else {
            throw MomentlogError(.corrupt, "the definition \(digest) is missing in the store")
        }
        let bytes = [UInt8](content)
        guard digest.bytes.elementsEqual(SHA256.hash(data: bytes)) else {
            throw MomentlogError(
                .corrupt, "the content of definition \(digest) was altered: it has another digest",
                hint: "see what is damaged before you restore a backup", suggestion: .verify)
        }
        return bytes
    }

    /// Returns some of the events of a query; see ``EventLog/page(_:)``.
    ///
    /// No state of the database is held between pages. Events are never changed, so the pages up to
    /// the last event of the first page are one state.
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
        let size = try Int.lastSequence(database)
        guard query.limit ?? 1 > 0, size > 0, query.sequences.overlaps(1...size) else { return }
        query.sequences = query.sequences.clamped(to: 1...size)
        let selection = try EventSelection(query, database)
        let statement = try database.cachedStatement(sql: selection.sql)
        try statement.setArguments(selection.arguments)
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer { row.reset() }
        var (bytes, seen, limit) = (0, 0, query.limit ?? .max)
        var rows = GaplessRows(query)
        while true {
            guard limit > 0 else { return }
            guard try row.step() else { break }
            let line = try CheckedRow(row, of: query.domain?.number)
            // After a gap all other rows are read: one of them may be the missing one, altered.
            guard rows?.take(line.parsed) ?? true else { continue }
            seen += 1
            bytes += line.bytes.count
            if query.admits(line.parsed) {
                lines.append(LoggedLine(text: String(decoding: line.bytes, as: UTF8.self)))
                limit -= 1
            }
            guard seen < Self.maximumLineCount, bytes < Self.maximumByteCount else {
                let place = query.domain == nil ? line.parsed.sequence : line.parsed.revision
                next = query.following(place, count: lines.count)
                return
            }
        }
        try rows?.finish()
    }
}
