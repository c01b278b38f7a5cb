import Dispatch
import Synchronization

/// Hashes the lines of a log on a thread of its own, and compares what commits keep of the Merkle
/// tree, while another thread reads on.
///
/// It is a class because two threads share it.
final class LeafHasher: Sendable {
    /// A commit whose nodes are not those of its lines.
    struct Mismatch: Sendable {
        let commit: Int
        /// The events among which the altered line is, if one was altered.
        let events: ClosedRange<Int>
    }

    /// What was computed.
    struct Outcome: Sendable {
        /// The tree of all lines.
        var tree = MerkleTree()
        /// The roots at the sizes that were asked for.
        var roots: [Int: [UInt8]] = [:]
        /// The first commits that do not fit.
        var mismatches: [Mismatch] = []
        /// How many more there are.
        var uncounted = 0
    }

    /// Lines one behind the other, and the commits that end among them.
    fileprivate struct Batch: Sendable {
        /// Each line has the byte before it that marks a leaf.
        var bytes: [UInt8] = []
        var ends: [Int] = []
        var commits: [Commit] = []

        struct Commit: Sendable {
            /// How many lines of the batch are before its end.
            let lines: Int
            let number: Int
            let size: Int
            let nodes: [UInt8]
        }
    }

    fileprivate struct State {
        var outcome = Outcome()
        /// The tree as the commits keep it: it goes on from their nodes where they do not fit.
        var kept = MerkleTree()
        /// The size after the last commit.
        var lastSize = 0
    }

    private let queue = DispatchQueue(label: "momentlog.hashing")
    /// So many batches may wait.
    private let room = DispatchSemaphore(value: 4)
    private let state = Mutex(State())
    private let sizes: Set<Int>
    private let open = Mutex(Batch())

    /// About so much is handed over at once.
    private static let maximumByteCount = 96 << 10

    /// - Parameter sizes: After so many events the root is wanted.
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

    /// Compares the nodes that a commit keeps with those of the lines so far.
    ///
    /// - Parameter size: How many events the log has with it. Where there are not so many, some are
    ///   missing, and the tree goes on from the nodes.
    func endCommit(_ number: Int, size: Int, nodes: [UInt8]) {
        open.withLock { batch in
            batch.commits.append(
                Batch.Commit(
                    lines: batch.ends.count, number: number, size: size, nodes: nodes))
        }
    }

    /// Whether nodes are those that a commit which ended here would keep. It waits for the rest.
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

    /// Waits for the rest, and returns what was computed.
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
    /// No log has so many events: a commit that says so was altered, and its nodes mean nothing.
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
        // Up to the first fault both are one.
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
        return commit.nodes.withUnsafeBytes { told in
            guard told.count == new.count * 32 else { return false }
            var offset = 0
            for node in new {
                guard MerkleNode(told, at: offset) == node else { return false }
                offset += 32
            }
            return true
        }
    }

    /// Goes on from the nodes that a commit keeps, so that later faults are found as well.
    private mutating func goOn(from commit: LeafHasher.Batch.Commit, _ tree: MerkleTree) {
        let told = commit.nodes.withUnsafeBytes { told in
            (0..<told.count / 32).map { MerkleNode(told, at: $0 * 32) }
        }
        // What the edge had before the commit, it has until then.
        let shared = tree.edge.prefix(
            MerkleTree.sharedNodeCount(lastSize, grownTo: commit.size))
        let asTold = MerkleTree(size: commit.size, nodes: shared + told)
        if tree.size == commit.size {
            note(commit, tree, tree.newNodes(since: lastSize))
            kept = asTold ?? tree
        } else if let asTold, commit.size < Self.maximumSize {
            // What is missing is told elsewhere.
            (outcome.tree, kept) = (asTold, asTold)
        }
    }

    private mutating func note(
        _ commit: LeafHasher.Batch.Commit, _ tree: MerkleTree, _ new: ArraySlice<MerkleNode>
    ) {
        guard outcome.mismatches.count < Verification.mostFaults else {
            outcome.uncounted += 1
            return
        }
        let first = lastSize + 1
        var range = first...max(first, tree.size)
        if commit.nodes.count == new.count * 32 {
            commit.nodes.withUnsafeBytes { told in
                // The leaves below each node of the edge, from left to right.
                var (end, rest) = (0, tree.size)
                for (index, node) in tree.edge.enumerated() {
                    let count = 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount)
                    let start = end + 1
                    end += count
                    rest -= count
                    let place = index - (tree.edge.count - new.count)
                    guard place >= 0, MerkleNode(told, at: place * 32) != node, end >= first
                    else { continue }
                    range = max(first, start)...end
                    break
                }
            }
        }
        outcome.mismatches.append(LeafHasher.Mismatch(commit: commit.number, events: range))
    }
}
