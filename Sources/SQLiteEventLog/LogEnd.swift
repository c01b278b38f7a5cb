import EventLog
import Foundation
import GRDB
import Moments

/// What the log ends with, as far as the next commit rests on it.
///
/// It is kept between commits, and holds for as long as no other connection has changed the
/// database: SQLite tells by another number
/// (<https://www.sqlite.org/pragma.html#pragma_data_version>).
struct LogEnd: Sendable {
    /// What SQLite told when it was read.
    let dataVersion: Int64
    /// What tells the log from all others.
    let origin: String
    /// The same, as identifiers of its domains hold it.
    let store: StoreIdentity
    /// The settings that its events have led to.
    var settings: StoreSettings
    /// The last commit's number; 0 before the first.
    private(set) var number = 0
    /// The last commit's time.
    private(set) var time = Timestamp(microseconds: .min)
    /// The tree after it.
    private(set) var tree = MerkleTree()
    /// The tree's root.
    private(set) var root: MerkleTree.Hash

    /// Streams' last revisions, as far as they are known.
    var revisions = BoundedCache<Int64, Int>()
    var definitionIDs = BoundedCache<DefinitionDigest, Int64>()
    /// By the contents' bytes: strings are equal in all their normal forms.
    var diskListIDs = BoundedCache<[UInt8], Int64>()

    /// Which state of the database a connection sees, for as long as it has it open.
    static func dataVersion(_ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "PRAGMA data_version")
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer { row.reset() }
        return try row.step() ? row.number(0) : 0
    }

    /// Reads it.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` where the end contradicts itself.
    init(dataVersion: Int64, _ database: Database) throws {
        self.dataVersion = dataVersion
        origin = try StoreHead.origin(database)
        store = StoreIdentity(origin: origin)
        settings = try StoreSettings.fetch(database)
        let statement = try database.cachedStatement(
            sql: """
                SELECT number, size, edge, time, root FROM log_commit
                ORDER BY number DESC LIMIT 1
                """)
        root = tree.root
        if let row = try Row.fetchOne(statement) {
            number = try row.value(0)
            guard let last = try MerkleTree(size: row.value(1), edge: [UInt8](row.value(2) as Data))
            else {
                throw MomentlogError(.corrupt, "commit \(number) does not hold its tree's edge")
            }
            // All later roots would rest on an edge that was altered.
            guard Data(last.root) == row[4] else {
                throw MomentlogError(
                    .corrupt, "commit \(number)'s root and its tree's edge contradict each other",
                    hint: "keep the file, and restore a backup", suggestion: .verify
                )
            }
            tree = last
            root = last.root
            time = try Timestamp(microseconds: row.value(3))
        }
        let sequence = try Int.fetchOne(database, sql: "SELECT max(sequence) FROM event") ?? 0
        guard sequence == tree.size else {
            throw MomentlogError(
                .corrupt,
                "the log's last event is \(sequence), but its last commit ends at \(tree.size)")
        }
    }

    /// Takes up a commit behind the last.
    mutating func append(_ number: Int, time: Timestamp, tree: MerkleTree, root: MerkleTree.Hash) {
        self.number = number
        self.time = time
        self.tree = tree
        self.root = root
    }

    /// The head that stands for it.
    var head: StoreHead { StoreHead(origin: origin, size: tree.size, root: root) }
}
