import EventLog

/// Lines to hash, and what commits say of their hashes.
struct HashBatch: Sendable {
    /// The lines one behind the other, each with the byte before it that marks a leaf.
    private var bytes: [UInt8] = []
    /// Where each line ends.
    private var ends: [Int] = []
    /// Commits' roots and edges one behind the other.
    private var told: [UInt8] = []
    private var commits: [Told] = []

    /// What a commit says.
    private struct Told {
        /// How many of the lines are before its end.
        let lines: Int
        let size: Int
        /// Where its root and then its edge are; the edge ends where the next one's root begins.
        let start: Int
    }

    /// About so much is handed over at once.
    private static let mostBytes = 96 << 10

    init() {
        bytes.reserveCapacity(Self.mostBytes + 4096)
    }

    var isFull: Bool { bytes.count >= Self.mostBytes }

    mutating func add(line: UnsafeRawBufferPointer) {
        bytes.append(MerkleNode.leafMark)
        bytes.append(contentsOf: line)
        ends.append(bytes.count)
    }

    /// Adds a commit behind the lines so far; returns false for a root or an edge of another
    /// length than such a tree has.
    mutating func add(
        size: Int64, root: UnsafeRawBufferPointer, edge: UnsafeRawBufferPointer
    ) -> Bool {
        guard root.count == 32, edge.count == size.nonzeroBitCount * 32 else { return false }
        commits.append(Told(lines: ends.count, size: Int(size), start: told.count))
        told.append(contentsOf: root)
        told.append(contentsOf: edge)
        return true
    }

    /// How many commits there are.
    var commitCount: Int { commits.count }

    /// Whether some of the commits' roots follow from their edges.
    func areRootsRight(_ range: Range<Int>) -> Bool {
        told.withUnsafeBytes { told in
            for index in range {
                let start = commits[index].start
                let edge = UnsafeRawBufferPointer(rebasing: told[start + 32..<end(of: index)])
                var place = edge.count - 32
                var root = MerkleNode(edge, at: place)
                while place > 0 {
                    place -= 32
                    root = MerkleNode(MerkleNode(edge, at: place), root)
                }
                guard root == MerkleNode(told, at: start) else { return false }
            }
            return true
        }
    }

    /// Adds the lines to a tree; returns whether it had each commit's edge behind its last
    /// line.
    ///
    /// - Parameter sized: Called after each line.
    func append(to tree: inout MerkleTree, sized: (MerkleTree) -> Void) -> Bool {
        bytes.withUnsafeBytes { bytes in
            told.withUnsafeBytes { told in
                var (line, start) = (0, 0)
                for (index, commit) in commits.enumerated() {
                    while line < commit.lines {
                        let end = ends[line]
                        tree.append(
                            MerkleNode(
                                hashing: UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
                        sized(tree)
                        start = end
                        line += 1
                    }
                    guard tree.size == commit.size,
                        tree.hasEdge(
                            UnsafeRawBufferPointer(
                                rebasing: told[commit.start + 32..<self.end(of: index)]))
                    else { return false }
                }
                return true
            }
        }
    }

    private func end(of index: Int) -> Int {
        index + 1 < commits.count ? commits[index + 1].start : told.count
    }
}
