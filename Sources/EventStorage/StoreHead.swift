import Foundation
import GRDB
import Moments

/// The head of a store: the log's size and root hash, which an auditor keeps.
///
/// Three lines: the origin, the size in decimal, the root in base64. Source: C2SP
/// tlog-checkpoint (<https://c2sp.org/tlog-checkpoint>).
package struct StoreHead: Sendable, Hashable {
    /// What tells the store's log from all others.
    package let origin: String
    /// How many events there are.
    package let size: Int
    /// The root of their Merkle tree: 32 bytes.
    package let root: [UInt8]

    /// Puts a head together.
    package init(origin: String, size: Int, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The head of a store's tree.
    init(of tree: MerkleTree, _ database: Database) throws {
        let statement = try database.cachedStatement(sql: "SELECT uuid FROM store")
        let uuid = try String.fetchOne(statement) ?? ""
        self.init(origin: "momentlog/\(uuid)", size: tree.size, root: tree.root)
    }

    /// Reads a head; returns nil for other text.
    package init?(_ text: some StringProtocol) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4 || (lines.count == 3 && lines[2].isEmpty == false),
            !lines[0].isEmpty, let size = Int(lines[1]), size >= 0,
            size.description == lines[1],
            let root = Data(base64Encoded: String(lines[2])), root.count == 32
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: [UInt8](root))
    }

    /// The head as text.
    package var text: String { "\(origin)\n\(size)\n\(rootText)\n" }

    /// The root in base64.
    package var rootText: String { Data(root).base64EncodedString() }

    /// The head as an event tells of one that is lost.
    var lost: LostHead { LostHead(origin: origin, size: size, root: rootText) }
}
