import Crypto
import EventLog
import Foundation
import GRDB
import Logging
import Moments

/// Writes the rows of commits in a transaction.
struct CommitWriter {
    private let database: Database
    private let cache: DomainCache?
    private let logger: Logger
    /// The end of the log after what was written.
    private(set) var end: LogEnd
    /// The domains after what was written, by number.
    private(set) var domains: [Int64: Domain] = [:]

    /// - Parameters:
    ///   - known: The end of the log after an earlier commit of the connection.
    ///   - cache: The cache of domains.
    /// - Throws: What ``LogEnd`` throws.
    init(database: Database, known: LogEnd? = nil, cache: DomainCache?, logger: Logger) throws {
        self.database = database
        self.cache = cache
        self.logger = logger
        let version = try LogEnd.dataVersion(database)
        if let known, known.dataVersion == version {
            end = known
        } else {
            end = try LogEnd(dataVersion: version, database)
        }
    }

    /// Writes a commit's rows; returns its receipt.
    ///
    /// - Throws: ``MomentlogError`` for what is refused, or what SQLite throws.
    mutating func write(_ commit: PendingCommit) throws -> CommitReceipt {
        guard commit.settings == end.settings else {
            throw MomentlogError(
                .revisionConflict, "the store's settings have changed", hint: "try again")
        }
        var commit = commit
        if Sabotage.dropsEvent.isOn, commit.entries.count > 1 { commit.entries.removeLast() }
        var (id, revision, domain) = try target(of: commit)
        try writeDefinitions(commit.definitions)
        let encoded = try EncodedCommit(
            commit, after: end.position, of: id, revision: revision, domain: &domain)
        for (line, entry) in zip(encoded.lines, commit.entries) {
            try checkDefinition(of: entry.event)
            try write(line)
            try writeIdentity(entry.event, id.number)
            if case .settingsChanged(let change) = entry.event {
                end.settings = try end.settings.applying(change)
            }
        }
        let size = end.tree.size
        var tree = end.tree
        for line in encoded.lines { line.bytes.withUnsafeBytes { tree.append($0) } }
        let receipt = encoded.receipt
        try CommitTable(database: database).insert(receipt.commit, tree, since: size)
        end.append(receipt.commit, time: encoded.time, tree: tree, root: tree.root)
        revision = receipt.revision
        end.revisions[id.number] = revision
        if let domain { domains[id.number] = domain }
        for (domain, observation) in commit.observations {
            try StoredObservation.store(observation, of: domain, in: database)
        }
        if let request = commit.request {
            try write(request, KeptAnswer(request, commit: receipt.commit))
        }
        return receipt
    }

    /// Stores the answer to a request that led to no commit.
    ///
    /// - Throws: ``MomentlogError`` with `revision-conflict` if it was stored in the meantime.
    func write(_ request: RequestRecord) throws {
        try write(request, try KeptAnswer(request, in: database))
    }

    private func write(_ request: RequestRecord, _ answer: KeptAnswer) throws {
        guard try request.isNew(in: database) else {
            throw MomentlogError(
                .revisionConflict, "the request '\(request.name)' was carried out meanwhile",
                hint: "try again")
        }
        try answer.insert(into: database)
    }

    /// Returns the stream of a commit, at its last revision.
    private mutating func target(
        of commit: PendingCommit
    ) throws -> (id: DomainEntry.ID, revision: Int, domain: Domain?) {
        switch commit.target {
        case .store:
            let id = DomainEntry.ID(number: EventIndex.store, store: end.store)
            return (id, try lastRevision(EventIndex.store) ?? 0, nil)
        case .newDomain:
            try database.execute(
                sql: "INSERT INTO domain (name, is_live) VALUES (?, 0)",
                arguments: [commit.domainName])
            let id = DomainEntry.ID(number: database.lastInsertedRowID, store: end.store)
            return (id, 0, Domain(name: commit.domainName))
        case .domain(let id, revision: let expected):
            try id.check(of: end.store)
            guard let revision = try lastRevision(id.number), id.number != EventIndex.store else {
                throw MomentlogError(.noDomain, "no domain with the number \(id.number)")
            }
            guard revision == expected else {
                throw MomentlogError(
                    .revisionConflict,
                    "domain '\(commit.domainName)' is at revision \(revision), not \(expected)",
                    hint: "see what changed, then try again")
            }
            return (id, revision, try domain(id, at: revision))
        }
    }

    /// Returns a domain at its last revision.
    private mutating func domain(_ id: DomainEntry.ID, at revision: Int) throws -> Domain {
        if let written = domains.removeValue(forKey: id.number) { return written }
        let known = cache?.take(id.number)
        if let known, known.revision == revision { return known }
        let replay = DomainReplay(database: database, logger: logger)
        return try replay.replay(
            id, onto: known.flatMap { $0.revision < revision ? $0 : nil }, toRevision: revision)
    }

    private func lastRevision(_ domain: Int64) throws -> Int? {
        if let known = end.revisions[domain] { return known }
        let statement = try database.cachedStatement(
            sql: "SELECT max(revision) FROM event WHERE domain = ?")
        return try Int.fetchOne(statement, arguments: [domain])
    }

    private func writeDefinitions(_ definitions: [Definition]) throws {
        let find = try database.cachedStatement(
            sql: "SELECT 1 FROM definition WHERE sha256 = ?")
        let insert = try database.cachedStatement(
            sql: "INSERT INTO definition (sha256, content) VALUES (?, ?)")
        for definition in definitions {
            let digest = Data(definition.digest.bytes)
            guard try Int.fetchOne(find, arguments: [digest]) == nil else { continue }
            try insert.execute(arguments: [digest, Data(definition.content)])
        }
    }

    /// Ensures that the definition that an event names exists.
    private mutating func checkDefinition(of event: Event) throws {
        guard let digest = event.definition, end.definitions[digest] == nil else { return }
        let statement = try database.cachedStatement(
            sql: "SELECT 1 FROM definition WHERE sha256 = ?")
        guard try Int.fetchOne(statement, arguments: [Data(digest.bytes)]) != nil else {
            throw MomentlogError(
                .corrupt, "definition \(digest) is named by an event, but is missing")
        }
        end.definitions[digest] = true
    }

    private func write(_ line: EncodedCommit.Line) throws {
        var insertion = try RowInsertion(
            """
            INSERT INTO event (sequence, domain, revision, kind, line)
            VALUES (?, ?, ?, ?, ?)
            """, database)
        insertion.add(line.sequence)
        insertion.add(line.index.domain)
        insertion.add(line.index.revision)
        insertion.add(line.index.kind)
        line.bytes.withUnsafeBytes { insertion.add(text: $0) }
        try insertion.run()
    }

    /// Updates the table of domains.
    private func writeIdentity(_ event: Event, _ domain: Int64) throws {
        switch event {
        case .domainDefined(name: let name, uuid: let uuid, definition: _):
            try define(domain, name: name, uuid: uuid)
        case .domainRenamed(to: let name):
            try rename(domain, to: name)
        case .domainUndefined:
            try database.execute(
                sql: "UPDATE domain SET is_live = 0 WHERE id = ?", arguments: [domain])
        default: break
        }
    }

    private func define(_ domain: Int64, name: String, uuid: DomainUUID?) throws {
        do {
            try database.execute(
                sql: "UPDATE domain SET name = ?, uuid = ?, is_live = 1 WHERE id = ?",
                arguments: [name, uuid?.description, domain])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw MomentlogError(
                .exists,
                "domain '\(name)'\(uuid.map { " (\($0))" } ?? "") already exists",
                cause: error)
        }
    }

    private func rename(_ domain: Int64, to name: String) throws {
        do {
            try database.execute(
                sql: "UPDATE domain SET name = ? WHERE id = ?", arguments: [name, domain])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw MomentlogError(.exists, "domain '\(name)' already exists", cause: error)
        }
    }
}
