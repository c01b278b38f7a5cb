import Dispatch
import EventLog
import Synchronization

/// Hashes a log's lines on a thread of its own, and holds the commits' hashes against them.
final class LogHashes: Sendable {
    /// What was hashed.
    struct Hashed: Sendable {
        var tree = MerkleTree()
        var roots: [Int: [UInt8]] = [:]
    }

    private struct State: Sendable {
        var hashed = Hashed()
        var isRight = true
    }

    private let sizes: Set<Int>
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "momentlog.hashes")
    private let slots = DispatchSemaphore(value: 0)

    /// So many batches wait at most.
    private static let mostWaiting = 4

    /// - Parameter sizes: After so many lines the root is kept.
    init(sizes: [Int]) {
        self.sizes = Set(sizes)
        // A semaphore that was made with its slots could not go away while one is taken.
        for _ in 0..<Self.mostWaiting { slots.signal() }
    }

    /// Takes lines and commits over, and leaves an empty batch; returns false once it is known
    /// that something is wrong.
    func take(_ batch: inout HashBatch) -> Bool {
        var checked = 0
        // Who is ahead helps: a commit's root follows from its edge, whatever the lines are.
        while slots.wait(timeout: .now()) == .timedOut {
            guard checked < batch.commitCount else {
                slots.wait()
                break
            }
            let next = min(checked + 16, batch.commitCount)
            guard batch.areRootsRight(checked..<next) else {
                state.withLock { $0.isRight = false }
                return false
            }
            checked = next
        }
        guard state.withLock({ $0.isRight }) else {
            slots.signal()
            return false
        }
        let (taken, rest) = (batch, checked..<batch.commitCount)
        batch = HashBatch()
        queue.async { [self] in
            state.withLock { state in
                guard state.isRight else { return }
                state.isRight =
                    taken.append(to: &state.hashed.tree) { tree in
                        if sizes.contains(tree.size) { state.hashed.roots[tree.size] = tree.root }
                    } && taken.areRootsRight(rest)
            }
            slots.signal()
        }
        return true
    }

    /// Waits for what is being hashed; returns nil if something was wrong.
    func finish() -> Hashed? {
        queue.sync {}
        return state.withLock { $0.isRight ? $0.hashed : nil }
    }
}
