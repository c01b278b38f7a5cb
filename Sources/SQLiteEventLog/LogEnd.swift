import EventLog
import GRDB
import Moments

/// The state at the end of the log, on which the next commit depends.
///
/// It is kept between commits, and remains valid while no other connection has changed the
/// database, which SQLite shows by another number
/// (<https://www.sqlite.org/pragma.html#pragma_data_version>).
struct LogEnd: Sendable {
    /// SQLite's data version when it was read.
    let dataVersion: Int64
    /// The identity of the log.
    let origin: String
    /// The same, as identifiers of its domains hold it.
    let store: StoreIdentity
    /// The settings that result from its events.
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
    /// Definitions that are known to exist.
    var definitions = BoundedCache<DefinitionDigest, Bool>()

    /// Returns the data version that a connection sees, for as long as it is open.
    static func dataVersion(_ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "PRAGMA data_version")
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer { row.reset() }
        return try row.step() ? row.number(0) : 0
    }

    /// Reads it.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if the end is inconsistent, with
    ///   `unknown-schema-object` for a store that must not be written to.
    init(dataVersion: Int64, _ database: Database) throws {
        self.dataVersion = dataVersion
        try SchemaObject.check(database)
        origin = try StoreHead.origin(database)
        store = StoreIdentity(origin: origin)
        settings = try StoreSettings.fetch(database)
        let commits = CommitTable(database: database)
        let last = try commits.last()
        let sequence = try Int.lastSequence(database)
        guard sequence == last.size else {
            throw MomentlogError(
                .corrupt,
                "the log's last event is \(sequence), but its last commit ends at \(last.size)")
        }
        tree = try commits.tree(after: last)
        root = tree.root
        number = last.number
        if number > 0 { time = try commits.time(of: last) }
    }

    /// Appends a commit.
    mutating func append(_ number: Int, time: Timestamp, tree: MerkleTree, root: MerkleTree.Hash) {
        self.number = number
        self.time = time
        self.tree = tree
        self.root = root
    }

    /// Its position in the log.
    var position: LogPosition {
        LogPosition(sequence: tree.size, commit: number, time: number == 0 ? nil : time)
    }

    /// The head of the log.
    var head: StoreHead { StoreHead(origin: origin, size: tree.size, root: root) }
}
