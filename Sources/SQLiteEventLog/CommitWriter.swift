import Crypto
import EventLog
import Foundation
import GRDB
import Moments

/// Writes the rows of commits inside of a transaction.
struct CommitWriter {
    private let database: Database
    /// What the log ends with after what was written.
    private(set) var end: LogEnd

    /// What stands for the store itself where a domain's number would; those are from 1 on.
    private static let store: Int64 = 0

    /// - Parameter known: What the log ended with after an earlier commit of the connection.
    /// - Throws: What ``LogEnd`` throws.
    init(database: Database, known: LogEnd? = nil) throws {
        self.database = database
        let version = try LogEnd.dataVersion(database)
        if let known, known.dataVersion == version {
            end = known
        } else {
            end = try LogEnd(dataVersion: version, database)
        }
    }

    /// Writes a commit's rows; returns what it will have become.
    ///
    /// - Throws: ``MomentlogError`` for what is refused, or what SQLite throws.
    mutating func write(_ commit: PendingCommit) throws -> CommitReceipt {
        guard !commit.entries.isEmpty else {
            throw MomentlogError(.storage, "a commit without events was to be appended")
        }
        guard commit.settings == end.settings else {
            throw MomentlogError(
                .revisionConflict, "the store's settings have changed", hint: "try again")
        }
        let number = end.number + 1
        // The order is the sequence, and time follows it, whatever becomes of the clock.
        let time = max(end.time, commit.time)
        let first = end.tree.size + 1
        var (domain, revision) = try target(of: commit)
        var tree = end.tree
        try writeDefinitions(commit.definitions)
        var name = commit.domainName
        for (index, entry) in commit.entries.enumerated() {
            if Sabotage.dropsEvent.isOn, index > 0, index == commit.entries.count - 1 { break }
            revision += 1
            if case .domainDefined(name: let newName, uuid: _, definition: _) = entry.event {
                name = newName
            }
            let recorded = RecordedEvent(
                sequence: tree.size + 1, commit: number, revision: revision,
                domain: commit.target == .store ? nil : name, time: time,
                clock: time == commit.time ? nil : commit.time,
                provenance: commit.provenance, origin: entry.origin, event: entry.event)
            let line = EventLine.bytes(recorded)
            try write(recorded, line: line, domain: domain)
            line.withUnsafeBytes { tree.append($0) }
            if case .domainRenamed(to: let newName) = entry.event { name = newName }
        }
        let root = tree.root
        try writeCommit(commit, number: number, time: time, tree: tree, root: root)
        if var request = commit.request {
            request.commit = number
            request.sequences = first...tree.size
            request.revision = revision
            try write(request)
        }
        end.append(number, time: time, tree: tree, root: root)
        end.revisions[domain] = revision
        return CommitReceipt(
            domain: DomainEntry.ID(number: domain, store: end.store), commit: number,
            sequences: first...tree.size, revision: revision)
    }

    /// Keeps the answer to a request.
    ///
    /// - Throws: ``MomentlogError`` with `revision-conflict` if it was kept by now.
    func write(_ request: RequestRecord) throws {
        guard try request.isNew(in: database) else {
            throw MomentlogError(
                .revisionConflict, "the request '\(request.name)' was carried out meanwhile",
                hint: "try again")
        }
        try request.insert(into: database)
    }

    private func target(of commit: PendingCommit) throws -> (domain: Int64, revision: Int) {
        switch commit.target {
        case .store:
            return (Self.store, try lastRevision(Self.store) ?? 0)
        case .newDomain:
            try database.execute(
                sql: "INSERT INTO domain (name, is_live) VALUES (?, 0)",
                arguments: [commit.domainName])
            return (database.lastInsertedRowID, 0)
        case .domain(let id, revision: let expected):
            try id.check(of: end.store)
            guard let revision = try lastRevision(id.number) else {
                throw MomentlogError(.noDomain, "the log knows no domain \(id.number)")
            }
            guard revision == expected else {
                throw MomentlogError(
                    .revisionConflict,
                    "domain '\(commit.domainName)' is at revision \(revision), not \(expected)",
                    hint: "look at what changed, then try again")
            }
            return (id.number, revision)
        }
    }

    private func lastRevision(_ domain: Int64) throws -> Int? {
        if let known = end.revisions[domain] { return known }
        let statement = try database.cachedStatement(
            sql: "SELECT max(revision) FROM event WHERE domain = ?")
        return try Int.fetchOne(statement, arguments: [domain])
    }

    private func writeDefinitions(_ definitions: [[UInt8]]) throws {
        let find = try database.cachedStatement(
            sql: "SELECT 1 FROM definition WHERE sha256 = ?")
        let insert = try database.cachedStatement(
            sql: "INSERT INTO definition (sha256, content) VALUES (?, ?)")
        for content in definitions {
            let digest = Data(SHA256.hash(data: content))
            guard try Int.fetchOne(find, arguments: [digest]) == nil else { continue }
            try insert.execute(arguments: [digest, Data(content)])
        }
    }

    private mutating func write(_ recorded: RecordedEvent, line: [UInt8], domain: Int64) throws {
        var row = EventRow(kind: recorded.event.kind)
        switch recorded.event {
        case .domainDefined(name: let name, uuid: let uuid, definition: let definition):
            row.definition = try definition.map { try id(of: $0) }
            try defineDomain(domain, name: name, uuid: uuid)
        case .domainRenamed(to: let name):
            try renameDomain(domain, to: name)
        case .domainUndefined:
            try database.execute(
                sql: "UPDATE domain SET is_live = 0 WHERE id = ?", arguments: [domain])
        case .checkpointCreated(let checkpoint):
            try fill(&row, from: checkpoint)
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            try fill(&row, from: checkpoint)
            row.claims = claims ? 1 : nil
        case .checkpointDeleted(let name):
            row.checkpoint = name
        case .currentSet(let name):
            row.checkpoint = name
        case .bitmapObserved(let seen):
            row.checkpoint = seen.checkpoint
            row.creationTime = seen.observationTime
            row.disk = seen.disk
            row.verdict = seen.verdict.column
        case .findingAcknowledged(let acknowledgement):
            row.checkpoint = acknowledgement.checkpoint
        case .settingsChanged(let change):
            try makeChange(change)
        case .lossAccepted:
            break
        }
        var insertion = try RowInsertion(
            """
            INSERT INTO event (sequence, domain, revision, kind, checkpoint, parent,
                creation_time, disks, definition, claims, description, number, disk, verdict,
                line)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, database)
        insertion.add(recorded.sequence)
        insertion.add(domain)
        insertion.add(recorded.revision)
        insertion.add(row.kind)
        insertion.add(row.checkpoint)
        insertion.add(row.parent)
        insertion.add(row.creationTime)
        insertion.add(row.disks)
        insertion.add(row.definition)
        insertion.add(row.claims)
        insertion.add(row.description)
        insertion.add(recorded.commit)
        insertion.add(row.disk)
        insertion.add(row.verdict)
        line.withUnsafeBytes { insertion.add(text: $0) }
        try insertion.run()
    }

    /// Changes a setting as an event says.
    ///
    /// - Throws: ``MomentlogError`` with `revision-conflict` if it has another value than the
    ///   event says that it had.
    private mutating func makeChange(_ change: SettingsChange) throws {
        end.settings = try end.settings.applying(change)
        try end.settings.store(database)
    }

    private mutating func fill(_ row: inout EventRow, from checkpoint: Checkpoint) throws {
        row.checkpoint = checkpoint.name
        row.parent = checkpoint.parent
        row.creationTime = checkpoint.creationTime
        row.description = checkpoint.description
        row.definition = try checkpoint.definition.map { try id(of: $0) }
        row.disks = try id(of: checkpoint.disks, checkpoint: checkpoint.name)
    }

    private func defineDomain(_ domain: Int64, name: String, uuid: DomainUUID?) throws {
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

    private func renameDomain(_ domain: Int64, to name: String) throws {
        do {
            try database.execute(
                sql: "UPDATE domain SET name = ? WHERE id = ?", arguments: [name, domain])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw MomentlogError(.exists, "domain '\(name)' already exists", cause: error)
        }
    }

    private mutating func id(of definition: DefinitionDigest) throws -> Int64 {
        if let id = end.definitionIDs[definition] { return id }
        let statement = try database.cachedStatement(
            sql: "SELECT id FROM definition WHERE sha256 = ?")
        guard let id = try Int64.fetchOne(statement, arguments: [Data(definition.bytes)]) else {
            throw MomentlogError(
                .corrupt, "definition \(definition) is named by an event, but not there")
        }
        end.definitionIDs[definition] = id
        return id
    }

    private mutating func id(of disks: [Disk], checkpoint: String) throws -> Int64? {
        guard !disks.isEmpty else { return nil }
        let key = DiskListContent.bytes(disks, of: checkpoint)
        if let id = end.diskListIDs[key] { return id }
        let content = String(decoding: key, as: UTF8.self)
        let find = try database.cachedStatement(sql: "SELECT id FROM disk_list WHERE content = ?")
        var id = try Int64.fetchOne(find, arguments: [content])
        if id == nil {
            let insert = try database.cachedStatement(
                sql: "INSERT INTO disk_list (content) VALUES (?)")
            try insert.execute(arguments: [content])
            id = database.lastInsertedRowID
        }
        end.diskListIDs[key] = id
        return id
    }

    private func writeCommit(
        _ commit: PendingCommit, number: Int, time: Timestamp, tree: MerkleTree,
        root: MerkleTree.Hash
    ) throws {
        var insertion = try RowInsertion(
            """
            INSERT INTO log_commit (number, time, actor, reason, request, size, root, edge)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, database)
        insertion.add(number)
        insertion.add(time.microseconds)
        insertion.add(commit.provenance.actor)
        insertion.add(commit.provenance.reason)
        insertion.add(commit.provenance.request)
        insertion.add(tree.size)
        root.withUnsafeBytes { insertion.add(bytes: $0) }
        tree.edge.withUnsafeBytes { insertion.add(bytes: $0) }
        try insertion.run()
    }
}

/// The columns of an event's row that depend on its kind.
private struct EventRow {
    var kind: Int
    var checkpoint: String?
    var parent: String?
    var creationTime: Int64?
    var disks: Int64?
    var definition: Int64?
    var claims: Int?
    var description: String?
    var disk: String?
    var verdict: Int?

    init(kind: Event.Kind) { self.kind = kind.column }
}

extension Event.Kind {
    /// The number that stands for the kind in the database, as the schema says.
    var column: Int {
        switch self {
        case .domainDefined: 1
        case .domainRenamed: 2
        case .domainUndefined: 3
        case .checkpointCreated: 4
        case .checkpointRedefined: 5
        case .checkpointDeleted: 6
        case .currentSet: 7
        case .lossAccepted: 8
        case .bitmapObserved: 9
        case .settingsChanged: 10
        case .findingAcknowledged: 11
        }
    }
}

extension BitmapVerdict {
    /// The number that stands for it in the database, as the schema says.
    var column: Int {
        switch self {
        case .valid: 1
        case .missing: 2
        case .inconsistent: 3
        case .notRecording: 4
        case .gapInChain: 5
        case .unsupportedFormat: 6
        case .unknown: 7
        case .orphan: 8
        }
    }

    /// The verdict that a number stands for; nil for other numbers.
    init?(column: Int) {
        guard let verdict = Self.allCases.first(where: { $0.column == column }) else { return nil }
        self = verdict
    }
}
