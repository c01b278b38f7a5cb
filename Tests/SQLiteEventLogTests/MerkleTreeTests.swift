import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct MerkleTreeTests {
    private static func leaves(_ count: Int) -> [[UInt8]] {
        (0..<count).map { Array("leaf \($0)".utf8) }
    }

    private static func tree(_ leaves: some Sequence<[UInt8]>) -> MerkleTree {
        var tree = MerkleTree()
        for leaf in leaves { tree.append(leaf) }
        return tree
    }

    @Test("The root is that of RFC 9162's recursive definition", arguments: 0...130)
    func rootIsThatOfTheDefinition(size: Int) {
        let leaves = Self.leaves(size)
        let tree = Self.tree(leaves)
        #expect(tree.size == size)
        #expect(tree.root == naiveMerkleRoot(leaves[...]))
        #expect(tree.edge.count == size.nonzeroBitCount)
    }

    /// The vectors of the Certificate Transparency project's Merkle tree tests
    /// (<https://github.com/google/certificate-transparency>, merkle_tree_test.cc).
    @Test(
        "The root is that of Certificate Transparency's test vectors",
        arguments: [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
            (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
            (6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
            (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ])
    func rootIsThatOfTheKnownVectors(size: Int, root: String) throws {
        let leaves = try [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ].map { try #require(Hexadecimal.bytes($0)) }
        #expect(Hexadecimal.text(Self.tree(leaves.prefix(size)).root) == root)
    }

    @Test("A tree that is restored from size and edge continues as the original", arguments: 0...70)
    func restoredTreeContinues(size: Int) throws {
        let leaves = Self.leaves(size + 9)
        var original = Self.tree(leaves.prefix(size))
        var restored = try #require(MerkleTree(size: size, edge: original.edgeBytes))
        #expect(restored == original)
        for leaf in leaves.dropFirst(size) {
            original.append(leaf)
            restored.append(leaf)
        }
        #expect(restored == original)
        #expect(restored.root == naiveMerkleRoot(leaves[...]))
    }

    @Test(
        "An edge that does not fit the size is refused",
        arguments: [
            (0, 32), (1, 0), (1, 31), (1, 33), (1, 64), (2, 64), (3, 32), (3, 63), (3, 96),
            (7, 64), (-1, 32), (-1, 0), (-1, 64 * 32),
        ])
    func wrongEdgeIsRefused(size: Int, bytes: Int) {
        #expect(MerkleTree(size: size, edge: Array(repeating: 7, count: bytes)) == nil)
    }

    @Test("Swapping two leaves changes the root")
    func orderCounts() {
        let leaves = Self.leaves(6)
        var swapped = leaves
        swapped.swapAt(1, 4)
        #expect(Self.tree(leaves).root != Self.tree(swapped).root)
    }
}
