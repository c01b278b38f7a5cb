import EventLog
import Foundation
import GRDB
import Moments

/// The commits in the database, and the Merkle trees of the log after them.
///
/// A commit's row contains the nodes that it added to the tree's right edge. The others are in the
/// rows of the commits that completed them.
struct CommitTable {
    let database: Database

    /// A commit's position in the log.
    struct Place {
        let number: Int
        /// The number of events after it.
        let size: Int

        static let start = Place(number: 0, size: 0)
    }

    /// The last commit; ``Place/start`` before the first.
    func last() throws -> Place {
        let statement = try database.cachedStatement(
            sql: "SELECT number, size FROM log_commit ORDER BY number DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement) else { return .start }
        let (number, size): (Int, Int) = try (row.value(0), row.value(1))
        guard number > 0, size > 0 else { throw Self.damaged(number) }
        return Place(number: number, size: size)
    }

    /// Returns a commit's position; ``Place/start`` for 0.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if it is missing.
    func place(of number: Int) throws -> Place {
        guard number > 0 else { return .start }
        return try row(number).place
    }

    /// Returns the commit after which the log had a size; nil if there is none.
    ///
    /// - Complexity: O(log *n*) in the events.
    func ending(at size: Int) throws -> Place? {
        guard size > 0 else { return .start }
        guard let number = try commit(of: size) else { return nil }
        let place = try place(of: number)
        return place.size == size ? place : nil
    }

    /// Returns the number of the commit that an event belongs to, by its line; nil if there is no
    /// such event.
    func commit(of sequence: Int) throws -> Int? {
        try line(sequence) { $0.commit }
    }

    /// Returns the time of a commit, by the line of its last event.
    func time(of place: Place) throws -> Timestamp {
        guard let time = try line(place.size, { $0.time }) else { throw Self.damaged(place.number) }
        return time
    }

    /// Calls a closure with the line of an event; returns nil if it is missing.
    func line<Value>(_ sequence: Int, _ body: (ParsedLine) throws -> Value) throws -> Value? {
        let statement = try database.cachedStatement(
            sql: "SELECT line FROM event WHERE sequence = ?")
        try statement.setArguments([sequence])
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer { row.reset() }
        guard try row.step() else { return nil }
        guard let bytes = row.bytes(0) else { throw Self.damagedEvent(sequence) }
        let line = try ParsedLine(bytes)
        guard line.sequence == sequence else { throw Self.damagedEvent(sequence) }
        return try body(line)
    }

    /// Returns the tree after a commit.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` where the rows contradict each other.
    /// - Complexity: O(log² *n*) in the events.
    func tree(after place: Place) throws -> MerkleTree {
        var nodes: [MerkleNode] = []
        var rest = place.size
        var end = 0
        // Each set bit of the size is a complete subtree, the largest first.
        while rest > 0 {
            let subtree = 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount)
            end += subtree
            rest -= subtree
            guard let number = try commit(of: end) else { throw Self.damaged(place.number) }
            nodes.append(try node(nodes.count, completedBy: number))
        }
        guard let tree = MerkleTree(size: place.size, nodes: nodes) else {
            throw Self.damaged(place.number)
        }
        return tree
    }

    /// Returns a node of the right edge, counted from its left end, from the row of the commit that
    /// completed it.
    private func node(_ index: Int, completedBy number: Int) throws -> MerkleNode {
        let commit = try row(number)
        let shared = MerkleTree.sharedNodeCount(
            try place(of: number - 1).size, grownTo: commit.place.size)
        let offset = (index - shared) * 32
        guard offset >= 0, offset + 32 <= commit.nodes.count else { throw Self.damaged(number) }
        return commit.nodes.withUnsafeBytes { MerkleNode($0, at: offset) }
    }

    private func row(_ number: Int) throws -> (place: Place, nodes: Data) {
        let statement = try database.cachedStatement(
            sql: "SELECT size, nodes FROM log_commit WHERE number = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number]) else {
            throw MomentlogError(.corrupt, "commit \(number) is missing")
        }
        let size: Int = try row.value(0)
        guard size >= number else { throw Self.damaged(number) }
        return (Place(number: number, size: size), try row.value(1))
    }

    /// Adds the row of a commit.
    func insert(_ number: Int, _ tree: MerkleTree, since size: Int) throws {
        var insertion = try RowInsertion(
            "INSERT INTO log_commit (number, size, nodes) VALUES (?, ?, ?)", database)
        insertion.add(number)
        insertion.add(tree.size)
        let nodes = tree.newNodes(since: size)
        nodes.withUnsafeBytes { insertion.add(bytes: $0) }
        try insertion.run()
    }

    private static func damaged(_ number: Int) -> MomentlogError {
        MomentlogError(
            .corrupt, "commit \(number) in the table log_commit does not match the events",
            hint: "see what is damaged before you restore a backup", suggestion: .verify)
    }

    private static func damagedEvent(_ sequence: Int) -> MomentlogError {
        MomentlogError(
            .corrupt, "the row of event \(sequence) has another line",
            hint: "see what is damaged before you restore a backup", suggestion: .verify)
    }
}
