import Foundation
import GRDB

/// The head of a store: the log's size and root hash, which an auditor keeps.
///
/// Three lines: the origin, the size in decimal, the root in base64. Source: C2SP
/// tlog-checkpoint (<https://c2sp.org/tlog-checkpoint>).
enum StoreHead {
    /// The head of a tree.
    static func text(of tree: MerkleTree, _ database: Database) throws -> String {
        let uuid = try String.fetchOne(database, sql: "SELECT uuid FROM store") ?? ""
        return "momentlog/\(uuid)\n\(tree.size)\n\(Data(tree.root).base64EncodedString())\n"
    }
}
