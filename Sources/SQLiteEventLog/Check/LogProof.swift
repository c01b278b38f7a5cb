import EventLog
import GRDB
import Moments

/// Whether a log is as momentlog wrote it, told as fast as can be: one thread reads the events
/// and compares, another hashes.
///
/// It only says yes or no. What is wrong, if something is, ``LogAudit`` finds out, which looks
/// at everything anew: a sound log is by far the most frequent one, and the longest to look at.
struct LogProof {
    private let database: Database
    private var lines: StoredLine
    private let hashes: LogHashes

    /// What was computed of a sound log.
    struct Outcome {
        let tree: MerkleTree
        /// The roots at the sizes that were asked for.
        let roots: [Int: [UInt8]]
        let lines: StoredLine
        /// How many commits there are.
        let commits: Int
    }

    /// - Parameter sizes: After so many events the root is wanted.
    init(database: Database, sizes: [Int]) {
        self.database = database
        lines = StoredLine(database: database)
        hashes = LogHashes(sizes: sizes)
    }

    /// Looks at all events and commits; returns nil where anything is not as it should be.
    ///
    /// - Complexity: O(*n*) in the events, in constant memory but for what the domains, disk
    ///   lists and definitions take.
    mutating func run(progress: (Int) -> Void) throws -> Outcome? {
        let commits: Int?
        do {
            commits = try compare(progress: progress)
        } catch {
            // Nothing may go on behind what is looked at next.
            _ = hashes.finish()
            throw error
        }
        guard let hashed = hashes.finish(), let commits else { return nil }
        return Outcome(tree: hashed.tree, roots: hashed.roots, lines: lines, commits: commits)
    }

    /// Compares what is beside the lines with them, and has them hashed; returns how many
    /// commits there are, or nil.
    private mutating func compare(progress: (Int) -> Void) throws -> Int? {
        try StatementCursor.overLog(in: database) { events, commits in
            try compare(&events, &commits, progress: progress)
        }
    }

    private mutating func compare(
        _ events: inout StatementCursor, _ commits: inout StatementCursor,
        progress: (Int) -> Void
    ) throws -> Int? {
        let row = StoredEvent(events.raw)
        let commit = StoredRow(commits.raw)
        var (sequence, number): (Int64, Int64) = (0, 0)
        var batch = HashBatch()
        try events.next()
        try commits.next()
        while commits.hasRow {
            number += 1
            let size = commit.number(1)
            guard commit.number(0) == number, size > sequence else { return nil }
            lines.begin(commit)
            while sequence < size {
                sequence += 1
                guard events.hasRow, row.sequence == sequence, row.commit == number,
                    try isAsStored(row)
                else { return nil }
                batch.add(line: row.line)
                try events.next()
            }
            guard let root = commit.bytes(2), let edge = commit.bytes(3),
                batch.add(size: size, root: root, edge: edge)
            else { return nil }
            if batch.isFull {
                guard hashes.take(&batch) else { return nil }
                progress(Int(sequence))
            }
            try commits.next()
        }
        guard !events.hasRow, hashes.take(&batch) else { return nil }
        return Int(number)
    }

    private mutating func isAsStored(_ row: StoredEvent) throws -> Bool {
        do {
            return try lines.isAsStored(row)
        } catch is MomentlogError {
            // Its line is no event at all.
            return false
        }
    }
}
