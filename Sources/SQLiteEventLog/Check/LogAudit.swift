import Crypto
import EventLog
import Foundation
import GRDB
import Logging
import Moments

/// Looks at all of a log, in one pass over its events: whether the lines are there without
/// gaps, say what is kept beside them, and are those that the commits' hashes stand for.
///
/// What is told three times tells which of the three was altered: a commit's root and its
/// tree's edge follow from the lines, and its root from its edge. After a commit whose lines
/// were altered the tree goes on as the commit has it, so that later faults are found, too.
struct LogAudit {
    let database: Database
    let depth: Verification.Depth
    private let kept: StoreHead?
    private let told: StoreHead?
    private let progress: @Sendable (Int) -> Void
    private var tree = MerkleTree()
    var lines: StoredLine
    var faults = FaultList()
    /// The roots that were computed at the sizes of heads to compare with.
    private var roots: [Int: [UInt8]] = [:]
    private var nextSequence = 1

    /// - Parameters:
    ///   - kept: The head that somebody kept.
    ///   - told: The head in the store's head file.
    init(
        database: Database, depth: Verification.Depth = .log, kept: StoreHead? = nil,
        told: StoreHead? = nil,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.database = database
        self.depth = depth
        self.kept = kept
        self.told = told
        self.progress = progress
        lines = StoredLine(database: database)
    }

    /// Looks at everything.
    mutating func run() throws -> Verification {
        if depth == .everything { try look(at: "schema") { try $0.checkStructure() } }
        var commits = 0
        var areRead = true
        if let proof = try proof() {
            (tree, roots, lines) = (proof.tree, proof.roots, proof.lines)
            commits = proof.commits
        } else {
            areRead = try look(at: "event") { commits = try $0.checkEvents() }
        }
        try look(at: "definition") { try $0.checkDefinitions() }
        var uuid = ""
        try look(at: "store") {
            uuid = try String.fetchOne($0.database, sql: "SELECT uuid FROM store") ?? ""
        }
        let head = StoreHead(origin: "momentlog/\(uuid)", size: tree.size, root: tree.root)
        var matches = false
        if areRead {
            try look(at: "domain") { try $0.checkDomains() }
            try look(at: "store") { try $0.checkSettings() }
            try look(at: "request") { try $0.checkRequests() }
            try look(at: "snapshot") { try $0.checkSnapshots() }
            if let told { check(told, head, "the store's head file", isBesideStore: true) }
            if let kept {
                let before = faults.count
                check(kept, head, "the head that was kept", isBesideStore: false)
                matches = faults.count == before
            }
        } else {
            add(
                .damagedDatabase, StorePlace(table: "event"), nil,
                "not all events could be read: neither what follows from them nor any head was"
                    + " compared")
        }
        return Verification(
            head: head, commits: commits, faults: faults.sorted, faultCount: faults.count,
            coverage: kept.map {
                Verification.Coverage(of: $0, matches: matches, logSize: tree.size)
            })
    }

    /// Tells whether the events and commits are sound; nil if it has to be found out what is
    /// wrong with them.
    private func proof() throws -> LogProof.Outcome? {
        var proof = LogProof(
            database: database, sizes: [kept?.size, told?.size].compactMap(\.self))
        do {
            return try proof.run(progress: progress)
        } catch  where depth == .everything {
            return nil
        }
    }

    /// Runs a part of the check; returns whether all could be read. What SQLite cannot read of
    /// a damaged file is a fault like others when everything is looked at.
    @discardableResult
    private mutating func look(
        at table: String, _ part: (inout LogAudit) throws -> Void
    ) throws -> Bool {
        do {
            try part(&self)
            return true
        } catch  where depth == .everything {
            let reason = (error as? DatabaseError)?.message ?? "\(error)"
            faults.add(
                Verification.Fault(
                    .damagedDatabase, StorePlace(table: table),
                    "the table could not be read to its end: \(reason)"))
            return false
        }
    }

    // MARK: Events and commits

    private mutating func checkEvents() throws -> Int {
        try StatementCursor.overLog(in: database) { events, commits in
            try checkEvents(&events, &commits)
        }
    }

    private mutating func checkEvents(
        _ events: inout StatementCursor, _ commits: inout StatementCursor
    ) throws -> Int {
        let row = StoredEvent(events.raw)
        try events.next()
        try commits.next()
        while events.hasRow, row.sequence < 1 {
            let sequence = Int(row.sequence)
            add(
                .alteredEvent, .event(sequence, "sequence"), sequence,
                "an event has the sequence \(sequence), where they count from 1")
            try events.next()
        }
        var number = 0
        while commits.hasRow {
            number += 1
            let commit = CommitRow(commits.raw)
            try commits.next()
            let missing = number..<max(number, commit.number)
            if commit.number != number {
                add(
                    .alteredCommit, .commit(number), nextSequence,
                    "commit \(number) is missing: behind the one before stands \(commit.number)")
                number = commit.number
            }
            if commit.size < nextSequence, !(events.hasRow && row.commit == commit.number) {
                add(
                    .alteredCommit, .commit(number, "size"), nextSequence,
                    "commit \(number) ends at \(commit.size), before its first event")
                continue
            }
            try check(commit, row, &events, missing: missing)
            if number.isMultiple(of: 4_096) { progress(nextSequence - 1) }
        }
        while events.hasRow {
            let sequence = Int(row.sequence)
            add(
                .alteredCommit, .event(sequence, "number"), sequence,
                "no commit tells of event \(sequence)")
            // They are hashed all the same: a head may tell of them.
            append(row.line)
            try events.next()
        }
        return number
    }

    /// Looks at one commit's events.
    private mutating func check(
        _ commit: CommitRow, _ row: StoredEvent, _ events: inout StatementCursor,
        missing: Range<Int>
    ) throws {
        lines.begin(commit.stored)
        let first = nextSequence
        var isWhole = true
        var suspects = Suspects()
        while events.hasRow, isOne(row, of: commit) {
            let sequence = Int(row.sequence)
            if sequence != nextSequence {
                add(
                    .missingEvent, .event(nextSequence), nextSequence,
                    "event \(nextSequence) is missing")
                isWhole = false
            }
            if try !isAsStored(row, commit, missing) {
                suspects.add(sequence, try lines.differences(of: row))
            }
            suspects.domain = row.domain
            append(row.line)
            nextSequence = sequence &+ 1
            try events.next()
        }
        if isWhole, tree.size != commit.size, matches(commit) {
            add(
                .alteredCommit, .commit(commit.number, "size"), first,
                "commit \(commit.number) says that it ends at \(commit.size), and its hashes stand"
                    + " for \(tree.size) events")
            return tell(suspects)
        }
        if nextSequence <= commit.size {
            add(
                .missingEvent, .event(nextSequence), nextSequence,
                "event \(nextSequence) is missing")
            isWhole = false
        }
        nextSequence = max(nextSequence, commit.size == .max ? .max : commit.size + 1)
        compareTree(commit, first, isWhole: isWhole, suspects)
    }

    /// Whether the next event is one of a commit.
    private func isOne(_ row: StoredEvent, of commit: CommitRow) -> Bool {
        if row.sequence <= commit.size {
            // Unless it is the commit's size that was altered.
            return row.commit <= commit.number || !matches(commit)
        }
        return row.commit == commit.number && !matches(commit)
    }

    private func matches(_ commit: CommitRow) -> Bool {
        tree.edgeBytes == commit.edge && tree.root == commit.root
    }

    /// Holds a commit's hashes against its events.
    private mutating func compareTree(
        _ commit: CommitRow, _ first: Int, isWhole: Bool, _ suspects: Suspects
    ) {
        let number = commit.number
        guard isWhole, tree.size == commit.size else {
            goOn(from: commit)
            return tell(suspects)
        }
        let hasRoot = tree.root == commit.root
        let hasEdge = tree.edgeBytes == commit.edge
        if hasRoot && hasEdge { return tell(suspects) }
        if hasEdge {
            add(
                .alteredCommit, .commit(number, "root"), first,
                "commit \(number)'s root is not that of the events up to \(commit.size)")
            return tell(suspects)
        }
        if hasRoot {
            add(
                .alteredCommit, .commit(number, "edge"), first,
                "commit \(number)'s edge is not that of the events up to \(commit.size)")
            return tell(suspects)
        }
        if MerkleTree(size: commit.size, edge: commit.edge)?.root != commit.root {
            add(
                .alteredCommit, .commit(number), first,
                "commit \(number)'s root and edge contradict each other and its events")
            goOn(from: commit)
            return tell(suspects)
        }
        lines.doubt(suspects.domain)
        tell(suspects, commit, in: range(of: commit, first))
        goOn(from: commit)
    }

    /// The events, of those of a commit, among which the altered lines are: the subtrees in
    /// the tree's edge narrow them down.
    private func range(of commit: CommitRow, _ first: Int) -> ClosedRange<Int> {
        guard let told = MerkleTree(size: commit.size, edge: commit.edge) else {
            return first...max(first, commit.size)
        }
        var start = 1
        for (index, pair) in zip(tree.edge, told.edge).enumerated() {
            let bits = (0..<Int.bitWidth).reversed().filter { tree.size >> $0 & 1 == 1 }
            let end = start + (1 << bits[index]) - 1
            if pair.0 != pair.1, end >= first { return max(first, start)...end }
            start = end + 1
        }
        return first...max(first, commit.size)
    }

    private mutating func isAsStored(
        _ row: StoredEvent, _ commit: CommitRow, _ missing: Range<Int>
    ) throws -> Bool {
        do {
            let isSame = try lines.isAsStored(row)
            // Nothing is left to compare those with whose commit is missing.
            if !missing.isEmpty, missing.contains(Int(row.commit)) { return true }
            return isSame && row.commit == commit.number
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
        if let tree = MerkleTree(size: commit.size, edge: commit.edge) {
            self.tree = tree
        } else {
            add(
                .alteredCommit, .commit(commit.number, "edge"), commit.size,
                "commit \(commit.number) does not hold its tree's edge")
        }
    }

    // MARK: Telling

    mutating func add(
        _ kind: Verification.Kind, _ place: StorePlace, _ sequence: Int?, _ message: String
    ) {
        faults.add(Verification.Fault(kind, place, sequence: sequence, message))
    }

    /// Of events whose lines are those that were hashed: what is kept beside them is at fault.
    private mutating func tell(_ suspects: Suspects) {
        for (sequence, differences) in suspects.told {
            for difference in differences {
                add(difference.kind, difference.place, sequence, difference.message)
            }
        }
        faults.addUntold(suspects.untold)
    }

    /// Of events among which lines were altered.
    private mutating func tell(
        _ suspects: Suspects, _ commit: CommitRow, in range: ClosedRange<Int>
    ) {
        for (sequence, differences) in suspects.told {
            let reason = differences.first.map { ": " + $0.message } ?? ""
            add(
                .alteredEvent, .event(sequence, "line"), sequence,
                "event \(sequence) was altered: its line is not the one that commit"
                    + " \(commit.number)'s hashes stand for\(reason)")
        }
        faults.addUntold(suspects.untold)
        guard !suspects.told.contains(where: { range.contains($0.0) }) else { return }
        let (first, last) = (range.lowerBound, range.upperBound)
        let what =
            first == last
            ? "event \(first) is not the one"
            : "one of the events \(first) to \(last) is not the one, or several"
        add(
            .alteredEvent,
            StorePlace(
                table: "event", row: first == last ? "\(first)" : "\(first) to \(last)",
                column: "line"), first,
            "\(what) that commit \(commit.number)'s hashes stand for")
    }

    // MARK: Heads

    /// Compares a head with what was computed. One that stands beside the store is only as
    /// good as the commits' own hashes: of events that do not agree with those it says
    /// nothing more.
    private mutating func check(
        _ other: StoreHead, _ head: StoreHead, _ what: String, isBesideStore: Bool
    ) {
        let place = isBesideStore ? StorePlace.headFile : StorePlace(table: "kept head")
        guard other.origin == head.origin else {
            return add(
                .headMismatch, place, nil,
                "\(what) is of another store: '\(other.origin)' where this is '\(head.origin)'")
        }
        guard other.size <= head.size else {
            return add(
                .headMismatch, place, head.size + 1,
                "\(what) tells of \(other.size) events, and the log ends at \(head.size): its end"
                    + " was cut off, or this is an older copy")
        }
        let root = other.size == 0 ? MerkleTree().root : roots[other.size]
        let firstFault = isBesideStore ? .max : faults.firstSequence ?? .max
        guard root == other.root, firstFault > other.size else {
            return add(
                .headMismatch, place, firstFault > other.size ? nil : firstFault,
                "\(what) is not of these events: some of the first \(other.size) were altered")
        }
    }
}

/// The events of a commit that do not agree with what is kept beside them.
private struct Suspects {
    private(set) var told: [(Int, [LineDifference])] = []
    private(set) var untold = 0
    /// The domain that they are of.
    var domain: Int64 = 0

    mutating func add(_ sequence: Int, _ differences: [LineDifference]) {
        guard !differences.isEmpty else { return }
        if told.count < Verification.mostFaults {
            told.append((sequence, differences))
        } else {
            untold += 1
        }
    }
}
