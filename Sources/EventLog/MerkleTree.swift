import Crypto

/// The Merkle tree of all lines of the log, represented by its right edge alone.
///
/// A leaf is the hash of 0x00 and the line, a node that of 0x01 and both children. Appending *m*
/// leaves to *n* costs O(*m* + log *n*) hashes.
///
/// Source: RFC 9162, 2.1.1 (<https://www.rfc-editor.org/rfc/rfc9162#section-2.1.1>).
public struct MerkleTree: Sendable, Equatable {
    /// A SHA-256 hash of 32 bytes.
    public typealias Hash = [UInt8]

    /// The number of leaves.
    public private(set) var size: Int

    /// The roots of the complete subtrees, from left to right: one for each bit
    /// that is set in `size`.
    package private(set) var edge: [MerkleNode]

    /// Creates a tree without leaves.
    public init() {
        size = 0
        edge = []
    }

    /// Creates the tree that has this size and right edge, or returns nil if the
    /// edge does not fit the size.
    package init?(size: Int, edge: [UInt8]) {
        guard size >= 0, edge.count == size.nonzeroBitCount * 32 else { return nil }
        self.size = size
        self.edge = edge.withUnsafeBytes { bytes in
            (0..<size.nonzeroBitCount).map { MerkleNode(bytes, at: $0 * 32) }
        }
    }

    /// Returns how many nodes of the right edge of a tree are still part of it when it has grown.
    ///
    /// They are the first ones: all subtrees after the highest bit in which the sizes differ have
    /// become part of larger ones.
    package static func sharedNodeCount(_ size: Int, grownTo larger: Int) -> Int {
        let difference = size ^ larger
        guard difference > 0 else { return size.nonzeroBitCount }
        let highest = Int.bitWidth - 1 - difference.leadingZeroBitCount
        return ((size >> highest) >> 1).nonzeroBitCount
    }

    /// Returns the nodes of the right edge that were not part of it when the tree had another size.
    package func newNodes(since size: Int) -> ArraySlice<MerkleNode> {
        edge.dropFirst(Self.sharedNodeCount(size, grownTo: self.size))
    }

    /// The right edge as contiguous bytes.
    package var edgeBytes: [UInt8] { edge.flatMap(\.bytes) }

    /// Creates the tree that has this size and right edge, or returns nil if the edge does not fit
    /// the size.
    package init?(size: Int, nodes: [MerkleNode]) {
        guard size >= 0, nodes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        edge = nodes
    }

    /// Appends the next line, without its line feed.
    ///
    /// - Complexity: O(*m* + log *n*) in the *m* bytes of the line and the *n* leaves.
    public mutating func append(_ line: some Sequence<UInt8>) {
        let appended: Void? = line.withContiguousStorageIfAvailable { bytes in
            append(UnsafeRawBufferPointer(bytes))
        }
        if appended == nil { Array(line).withUnsafeBytes { append($0) } }
    }

    /// Appends a leaf.
    package mutating func append(_ line: UnsafeRawBufferPointer) { append(MerkleNode(leaf: line)) }

    /// Appends a leaf by its hash.
    package mutating func append(_ leaf: MerkleNode) {
        var node = leaf
        var bits = size
        while bits & 1 == 1, let left = edge.popLast() {
            node = MerkleNode(left, node)
            bits >>= 1
        }
        edge.append(node)
        size += 1
    }

    /// The root hash, which a ``StoreHead`` records: it covers all leaves and their order.
    ///
    /// - Complexity: O(log *n*) in the leaves.
    public var root: Hash {
        guard var root = edge.last else { return Array(SHA256.hash(data: [UInt8]())) }
        for left in edge.dropLast().reversed() { root = MerkleNode(left, root) }
        return root.bytes
    }
}

/// A hash in the tree, stored inline.
package struct MerkleNode: Sendable, Equatable {
    private let words: SIMD4<UInt64>

    private init(_ digest: SHA256.Digest) {
        words = digest.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// The byte before a line that marks a leaf.
    package static let leafMark: UInt8 = 0x00

    /// Hashes bytes as they are: a line after ``leafMark``.
    package init(hashing bytes: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        self.init(hash.finalize())
    }

    /// Hashes a leaf.
    package init(leaf line: UnsafeRawBufferPointer) {
        var hash = SHA256()
        withUnsafeBytes(of: Self.leafMark) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: line)
        self.init(hash.finalize())
    }

    /// Hashes a node with two children.
    package init(_ left: MerkleNode, _ right: MerkleNode) {
        self.init(
            withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { bytes in
                bytes[0] = 0x01
                bytes.storeBytes(of: left.words, toByteOffset: 1, as: SIMD4<UInt64>.self)
                bytes.storeBytes(of: right.words, toByteOffset: 33, as: SIMD4<UInt64>.self)
                var hash = SHA256()
                hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
                return hash.finalize()
            })
    }

    /// Creates a hash from the 32 bytes at an offset.
    package init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        words = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
    }

    /// The hash's bytes.
    package var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }
}
