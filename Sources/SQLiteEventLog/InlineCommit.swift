import EventLog
import Foundation
import Synchronization

/// Lets at most one task of the process commit on its own thread.
///
/// Tasks share a few threads, as many as there are processors, and one that waits for the disk runs
/// no other task meanwhile. So there is one permit in the process, and none if there is a single
/// processor: the other threads continue.
enum InlineCommit {
    private static let isTaken = Atomic(false)
    private static let isPossible = ProcessInfo.processInfo.activeProcessorCount > 1

    /// Runs a closure if the permit is free; returns nil if it is not.
    static func run<Value>(_ body: () -> Value) -> Value? {
        guard isPossible,
            isTaken.compareExchange(
                expected: false, desired: true, ordering: .acquiringAndReleasing
            ).exchanged
        else { return nil }
        defer { isTaken.store(false, ordering: .releasing) }
        return body()
    }
}
