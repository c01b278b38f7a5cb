import Crypto
import Foundation
import GRDB
import Logging
import Moments

/// Looks at all of a log, in one pass over its events: whether the lines are there without
/// gaps, say what is kept beside them, and are those that the commits' hashes stand for.
///
/// A commit whose tree does not agree is a fault; after it the tree goes on as the commit
/// has it, so that later faults are found, too.
struct LogAudit {
    fileprivate let database: Database
    private let kept: StoreHead?
    private let told: StoreHead?
    private let progress: @Sendable (Int) -> Void
    private var tree = MerkleTree()
    private var lines: StoredLine
    private var faults: [Verification.Fault] = []
    /// The roots that were computed at the sizes of heads to compare with.
    private var roots: [Int: [UInt8]] = [:]
    private var nextSequence = 1

    /// - Parameters:
    ///   - kept: The head that somebody kept.
    ///   - told: The head in the store's head file.
    init(
        database: Database, kept: StoreHead?, told: StoreHead?,
        progress: @escaping @Sendable (Int) -> Void
    ) {
        self.database = database
        self.kept = kept
        self.told = told
        self.progress = progress
        lines = StoredLine(database: database)
    }

    /// Looks at everything.
    mutating func run() throws -> Verification {
        let commits = try checkEvents()
        try checkDefinitions()
        try checkDomains()
        try checkRequests()
        try checkSnapshots()
        let uuid = try String.fetchOne(database, sql: "SELECT uuid FROM store") ?? ""
        let head = StoreHead(origin: "momentlog/\(uuid)", size: tree.size, root: tree.root)
        var remarks: [String] = []
        if let told {
            check(told, head, "the store's head file", isBesideStore: true)
        } else {
            remarks.append("the store has no head file that can be read")
        }
        var grown: Int?
        if let kept {
            let before = faults.count
            check(kept, head, "the head that was kept", isBesideStore: false)
            if faults.count == before { grown = tree.size - kept.size }
        }
        let sorted = faults.enumerated().sorted { left, right in
            (left.element.sequence ?? .max, left.offset)
                < (right.element.sequence ?? .max, right.offset)
        }.map(\.element)
        return Verification(
            head: head, commits: commits,
            faults: Array(sorted.prefix(Verification.mostFaults)), grown: grown, remarks: remarks)
    }

    fileprivate mutating func add(_ kind: Verification.Kind, _ sequence: Int?, _ message: String) {
        // More than are told, so that the first ones are among them, but not without bound.
        guard faults.count < 10 * Verification.mostFaults else { return }
        faults.append(Verification.Fault(kind: kind, sequence: sequence, message: message))
    }

    // MARK: Events and commits

    private mutating func checkEvents() throws -> Int {
        let statement = try database.makeStatement(
            sql: "SELECT \(StoredEvent.columns) FROM event ORDER BY sequence")
        let commits = try database.makeStatement(
            sql: "SELECT \(CommitRow.columns) FROM log_commit ORDER BY number")
        let rawCommits = UnsafeMutableRawPointer(commits.sqliteStatement)
        let commit = CommitRow(rawCommits)
        let raw = UnsafeMutableRawPointer(statement.sqliteStatement)
        let row = StoredEvent(raw)
        var hasEvent = try step(raw)
        var number = 0
        while try step(rawCommits) {
            number += 1
            if commit.number != number {
                add(
                    .alteredCommit, nextSequence,
                    "commit \(number) is missing: behind the one before stands \(commit.number)")
                number = commit.number
            }
            if commit.size < nextSequence {
                add(
                    .alteredCommit, nextSequence,
                    "commit \(number) ends at \(commit.size), before its first event")
                continue
            }
            hasEvent = try check(commit, row, raw, hasEvent)
            if number.isMultiple(of: 4_096) { progress(nextSequence - 1) }
        }
        if hasEvent {
            add(.alteredCommit, nextSequence, "no commit tells of the events from here on")
            // They are hashed all the same: a head may tell of them.
            while hasEvent {
                append(row.line)
                hasEvent = try step(raw)
            }
        }
        return number
    }

    /// Looks at one commit's events; returns whether one follows them.
    private mutating func check(
        _ commit: CommitRow, _ row: StoredEvent, _ raw: UnsafeMutableRawPointer, _ isThere: Bool
    ) throws -> Bool {
        lines.begin(commit)
        let first = nextSequence
        var hasEvent = isThere
        var isWhole = true
        while nextSequence <= commit.size {
            guard hasEvent, row.sequence <= commit.size else {
                add(.missingEvent, nextSequence, "event \(nextSequence) is missing")
                isWhole = false
                break
            }
            if row.sequence != nextSequence {
                add(.missingEvent, nextSequence, "event \(nextSequence) is missing")
                isWhole = false
            }
            nextSequence = Int(row.sequence)
            let isGood = row.commit == commit.number
            if try !(isAsStored(row) && isGood) {
                add(
                    .alteredEvent, nextSequence,
                    "event \(nextSequence) was altered: its line and what is kept beside it"
                        + " differ")
            }
            append(row.line)
            nextSequence += 1
            hasEvent = try step(raw)
        }
        nextSequence = commit.size + 1
        guard isWhole, tree.size == commit.size, tree.hasEdge(commit.edge) else {
            if isWhole && !faults.contains(where: { $0.sequence == first }) {
                let place =
                    first == commit.size
                    ? "event \(first) is not the one"
                    : "events \(first) to \(commit.size) are not"
                        + " those"
                add(
                    .alteredEvent, first,
                    "\(place) that commit \(commit.number)'s hashes stand for")
            }
            goOn(from: commit)
            return hasEvent
        }
        if !tree.hasRoot(commit.root) {
            add(
                .alteredCommit, first,
                "commit \(commit.number)'s root is not that of the events up to \(commit.size)")
        }
        return hasEvent
    }

    private mutating func isAsStored(_ row: StoredEvent) throws -> Bool {
        do {
            return try lines.isAsStored(row)
        } catch is MomentlogError {
            // Its line is no event at all.
            return false
        }
    }

    private mutating func append(_ line: UnsafeRawBufferPointer) {
        tree.append(line)
        if tree.size == kept?.size || tree.size == told?.size { roots[tree.size] = tree.root }
    }

    private mutating func goOn(from commit: CommitRow) {
        if let tree = MerkleTree(size: commit.size, edge: Array(commit.edge)) {
            self.tree = tree
        } else {
            add(
                .alteredCommit, commit.size,
                "commit \(commit.number) does not hold its tree's edge")
        }
    }

    private func step(_ statement: UnsafeMutableRawPointer) throws -> Bool {
        try StoredRow(statement).step()
    }

    // MARK: Heads

    /// Compares a head with what was computed. One that stands beside the store is only as
    /// good as the commits' own hashes: of events that do not agree with those it says
    /// nothing more.
    private mutating func check(
        _ other: StoreHead, _ head: StoreHead, _ what: String, isBesideStore: Bool
    ) {
        guard other.origin == head.origin else {
            return add(
                .headMismatch, nil,
                "\(what) is of another store: '\(other.origin)' where this is '\(head.origin)'")
        }
        guard other.size <= head.size else {
            return add(
                .headMismatch, head.size + 1,
                "\(what) tells of \(other.size) events, and the log ends at \(head.size): its end"
                    + " was cut off, or this is an older copy")
        }
        let root = other.size == 0 ? MerkleTree().root : roots[other.size]
        let firstFault = isBesideStore ? .max : faults.compactMap(\.sequence).min() ?? .max
        guard root == other.root, firstFault > other.size else {
            return add(
                .headMismatch, firstFault > other.size ? nil : firstFault,
                "\(what) is not of these events: some of the first \(other.size) were altered")
        }
    }

    // MARK: What is kept beside the events

    private mutating func checkDefinitions() throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT id, sha256, content FROM definition")
        while let row = try rows.next() {
            let (digest, content): (Data, Data) = (row[1], row[2])
            guard Data(SHA256.hash(data: content)) != digest else { continue }
            let number: Int64 = row[0]
            let first = try Int.fetchOne(
                database, sql: "SELECT min(sequence) FROM event WHERE definition = ?",
                arguments: [number])
            add(
                .alteredDefinition, first,
                "definition \(DefinitionDigest(bytes: digest)?.hexadecimal ?? "-")"
                    + " is not what its digest says")
        }
    }

    private mutating func checkDomains() throws {
        let rows = try Row.fetchAll(database, sql: "SELECT id, name, uuid, is_live FROM domain")
        var kept = Set<Int64>()
        for row in rows {
            let number: Int64 = row[0]
            kept.insert(number)
            let told = lines.domains[number]
            let name: String = row[1]
            guard let told, let toldName = told.name, name.hasSameBytes(as: toldName),
                told.uuid == row[2], told.isLive == row[3]
            else {
                add(.alteredTable, nil, "what is kept of domain '\(name)' is not what events tell")
                continue
            }
        }
        for (number, domain) in lines.domains where domain.name != nil && !kept.contains(number) {
            add(.alteredTable, nil, "domain '\(domain.name ?? "")' is not kept as the events tell")
        }
    }

    private mutating func checkRequests() throws {
        let names = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM request AS r WHERE number IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM log_commit AS c
                     WHERE c.number = r.number AND c.request = r.name AND c.size = r.last)
                LIMIT 100
                """)
        for name in names {
            add(.alteredTable, nil, "the answer kept to request '\(name)' is not what events tell")
        }
    }
}

// MARK: Snapshots

extension LogAudit {
    /// Replays each domain that has snapshots from its first event on, and compares.
    fileprivate mutating func checkSnapshots() throws {
        let numbers = try Int64.fetchAll(
            database, sql: "SELECT DISTINCT domain FROM snapshot ORDER BY domain")
        let logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
        let snapshots = StoredSnapshot(database: database, logger: logger)
        var replay = DomainReplay(database: database, logger: logger)
        for number in numbers {
            let id = DomainEntry.ID(number: number)
            var domain: Domain?
            let revisions = try Int.fetchAll(
                database, sql: "SELECT revision FROM snapshot WHERE domain = ? ORDER BY revision",
                arguments: [number])
            for revision in revisions {
                // One that is not what it should be is passed over, and does no harm.
                guard let kept = try snapshots.domain(id, through: revision),
                    kept.revision == revision
                else { continue }
                let name = domain?.name ?? kept.name
                do {
                    let told = try replay.replay(
                        id, onto: domain ?? Domain(name: name), toRevision: revision)
                    domain = told
                    guard kept.isSame(as: told) else {
                        add(
                            .alteredTable, nil,
                            "the snapshot of domain '\(name)' at revision \(revision) is not what"
                                + " its events tell")
                        continue
                    }
                } catch is MomentlogError {
                    // Its events are at fault, which is told already.
                    break
                }
            }
        }
    }
}

extension Domain {
    fileprivate func isSame(as other: Domain) -> Bool {
        name.hasSameBytes(as: other.name) && uuid == other.uuid
            && definition == other.definition && isLive == other.isLive
            && revision == other.revision && graph == other.graph
    }
}
