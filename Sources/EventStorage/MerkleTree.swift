import Crypto

/// The Merkle tree of all lines of the log, kept by its right edge alone.
///
/// A leaf is the hash of 0x00 and the line, a node that of 0x01 and both
/// children. Appending *m* leaves to *n* costs O(*m* + log *n*) hashes.
///
/// Source: RFC 9162, 2.1.1 (<https://www.rfc-editor.org/rfc/rfc9162#section-2.1.1>).
struct MerkleTree: Sendable, Equatable {
    /// A SHA-256 hash of 32 bytes.
    typealias Hash = [UInt8]

    /// The number of leaves.
    private(set) var size: Int

    /// The roots of the complete subtrees, from left to right: one for each bit
    /// that is set in `size`.
    private(set) var edge: [Hash]

    /// Makes a tree without leaves.
    init() {
        size = 0
        edge = []
    }

    /// Makes the tree that has this size and right edge, or returns nil if the
    /// edge does not fit the size.
    init?(size: Int, edge: [UInt8]) {
        guard size >= 0, edge.count == size.nonzeroBitCount * 32 else { return nil }
        self.size = size
        self.edge = stride(from: 0, to: edge.count, by: 32).map { Array(edge[$0..<$0 + 32]) }
    }

    /// The right edge as one run of bytes.
    var edgeBytes: [UInt8] { Array(edge.joined()) }

    /// Adds a leaf.
    mutating func append(_ line: some Sequence<UInt8>) {
        var hash = Array(SHA256.hash(data: [0x00] + line))
        var bits = size
        while bits & 1 == 1, let left = edge.popLast() {
            hash = Self.node(left, hash)
            bits >>= 1
        }
        edge.append(hash)
        size += 1
    }

    /// The hash that stands for all leaves and their order.
    var root: Hash {
        guard var root = edge.last else { return Array(SHA256.hash(data: [UInt8]())) }
        for left in edge.dropLast().reversed() { root = Self.node(left, root) }
        return root
    }

    private static func node(_ left: Hash, _ right: Hash) -> Hash {
        Array(SHA256.hash(data: [0x01] + left + right))
    }
}
