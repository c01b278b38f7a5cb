import Dispatch
import Synchronization

/// Hashes the lines of a log on its own thread, and compares the result with the Merkle nodes of
/// the commits, while another thread reads on.
///
/// It is a class because two threads share it.
final class LeafHasher: Sendable {
    /// A commit whose nodes do not match its lines.
    struct Mismatch: Sendable {
        let commit: Int
        /// The events among which the altered line is, if one was altered.
        let events: ClosedRange<Int>
    }

    /// The results.
    struct Outcome: Sendable {
        /// The tree of all lines.
        var tree = MerkleTree()
        /// The roots at the requested sizes.
        var roots: [Int: [UInt8]] = [:]
        /// The first commits that do not match.
        var mismatches: [Mismatch] = []
        /// The number of further ones.
        var uncounted = 0
    }

    /// Lines, one after the other, and the commits that end among them.
    fileprivate struct Batch: Sendable {
        /// Each line is preceded by the byte that marks a leaf.
        var bytes: [UInt8] = []
        var ends: [Int] = []
        var commits: [Commit] = []

        struct Commit: Sendable {
            /// The number of the batch's lines before its end.
            let lines: Int
            let number: Int
            let size: Int
            let nodes: [UInt8]
        }
    }

    fileprivate struct State {
        var outcome = Outcome()
        /// The tree according to the commits: it continues from their nodes if they do not match.
        var kept = MerkleTree()
        /// The size after the last commit.
        var lastSize = 0
    }

    private let queue = DispatchQueue(label: "momentlog.hashing")
    /// The number of batches that may wait.
    private let room = DispatchSemaphore(value: 4)
    private let state = Mutex(State())
    private let sizes: Set<Int>
    private let open = Mutex(Batch())

    /// The approximate number of bytes that are handed over at once.
    private static let maximumByteCount = 96 << 10

    /// - Parameter sizes: The sizes for which the root is computed.
    init(sizes: [Int]) {
        self.sizes = Set(sizes)
        if sizes.contains(0) { state.withLock { $0.outcome.roots[0] = MerkleTree().root } }
    }

    func add(_ line: UnsafeRawBufferPointer) {
        let isFull = open.withLock { batch in
            batch.bytes.append(MerkleNode.leafMark)
            batch.bytes.append(contentsOf: line)
            batch.ends.append(batch.bytes.count)
            return batch.bytes.count >= Self.maximumByteCount
        }
        if isFull { handOver() }
    }

    /// Compares the nodes of a commit with those of the lines so far.
    ///
    /// - Parameter size: The number of events after the commit. If there are fewer, some are
    ///   missing, and the tree continues from the nodes.
    func endCommit(_ number: Int, size: Int, nodes: [UInt8]) {
        open.withLock { batch in
            batch.commits.append(
                Batch.Commit(
                    lines: batch.ends.count, number: number, size: size, nodes: nodes))
        }
    }

    /// Returns whether nodes are those of a commit that ended here. It waits for the rest.
    func matches(_ nodes: [UInt8]) -> Bool {
        handOver()
        return queue.sync {
            state.withLock { state in
                state.hasNodes(
                    of: Batch.Commit(
                        lines: 0, number: 0, size: state.outcome.tree.size, nodes: nodes),
                    state.outcome.tree)
            }
        }
    }

    /// Waits for the rest, and returns the results.
    func finish() -> Outcome {
        handOver()
        return queue.sync { state.withLock { $0.outcome } }
    }

    private func handOver() {
        let batch = open.withLock { open in
            defer { open = Batch() }
            return open
        }
        room.wait()
        queue.async { [self] in
            state.withLock { $0.take(batch, sizes) }
            room.signal()
        }
    }
}

extension LeafHasher.State {
    /// No log has that many events: a commit that states so was altered, and its nodes mean
    /// nothing.
    private static let maximumSize = 1 << 53

    mutating func take(_ batch: LeafHasher.Batch, _ sizes: Set<Int>) {
        batch.bytes.withUnsafeBytes { bytes in
            var (line, start) = (0, 0)
            func hash(upTo end: Int, _ state: inout Self) {
                while line < end {
                    let leaf = MerkleNode(
                        hashing: UnsafeRawBufferPointer(rebasing: bytes[start..<batch.ends[line]]))
                    state.add(leaf, sizes)
                    start = batch.ends[line]
                    line += 1
                }
            }
            for commit in batch.commits {
                hash(upTo: commit.lines, &self)
                endCommit(commit)
            }
            hash(upTo: batch.ends.count, &self)
        }
    }

    private mutating func add(_ leaf: MerkleNode, _ sizes: Set<Int>) {
        outcome.tree.append(leaf)
        if sizes.contains(outcome.tree.size) {
            outcome.roots[outcome.tree.size] = outcome.tree.root
        }
        // Up to the first fault both trees are the same.
        if !outcome.mismatches.isEmpty { kept.append(leaf) }
    }

    private mutating func endCommit(_ commit: LeafHasher.Batch.Commit) {
        let isSound =
            outcome.mismatches.isEmpty
            ? hasNodes(of: commit, outcome.tree) : hasNodes(of: commit, kept)
        if !isSound { goOn(from: commit, outcome.mismatches.isEmpty ? outcome.tree : kept) }
        if commit.size < Self.maximumSize { lastSize = commit.size }
    }

    func hasNodes(of commit: LeafHasher.Batch.Commit, _ tree: MerkleTree) -> Bool {
        guard tree.size == commit.size else { return false }
        let new = tree.newNodes(since: lastSize)
        return commit.nodes.withUnsafeBytes { stored in
            guard stored.count == new.count * 32 else { return false }
            var offset = 0
            for node in new {
                guard MerkleNode(stored, at: offset) == node else { return false }
                offset += 32
            }
            return true
        }
    }

    /// Continues from the nodes of a commit, so that later faults are found as well.
    private mutating func goOn(from commit: LeafHasher.Batch.Commit, _ tree: MerkleTree) {
        let stored = commit.nodes.withUnsafeBytes { stored in
            (0..<stored.count / 32).map { MerkleNode(stored, at: $0 * 32) }
        }
        // The nodes of the edge before the commit remain until then.
        let shared = tree.edge.prefix(
            MerkleTree.sharedNodeCount(lastSize, grownTo: commit.size))
        let asStored = MerkleTree(size: commit.size, nodes: shared + stored)
        if tree.size == commit.size {
            note(commit, tree, tree.newNodes(since: lastSize))
            kept = asStored ?? tree
        } else if let asStored, commit.size < Self.maximumSize {
            // Missing events are reported elsewhere.
            (outcome.tree, kept) = (asStored, asStored)
        }
    }

    private mutating func note(
        _ commit: LeafHasher.Batch.Commit, _ tree: MerkleTree, _ new: ArraySlice<MerkleNode>
    ) {
        guard outcome.mismatches.count < Verification.maximumFaultCount else {
            outcome.uncounted += 1
            return
        }
        let first = lastSize + 1
        var range = first...max(first, tree.size)
        if commit.nodes.count == new.count * 32 {
            commit.nodes.withUnsafeBytes { stored in
                // The number of leaves below each node of the edge, from left to right.
                var (end, rest) = (0, tree.size)
                for (index, node) in tree.edge.enumerated() {
                    let count = 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount)
                    let start = end + 1
                    end += count
                    rest -= count
                    let place = index - (tree.edge.count - new.count)
                    guard place >= 0, MerkleNode(stored, at: place * 32) != node, end >= first
                    else { continue }
                    range = max(first, start)...end
                    break
                }
            }
        }
        outcome.mismatches.append(LeafHasher.Mismatch(commit: commit.number, events: range))
    }
}
