import EventLog
import Foundation
import Synchronization

/// The leave to do on a task's own thread what waits for the disk.
///
/// Tasks share a few threads, as many as there are processors, and one that waits for the disk
/// runs no other task meanwhile. So there is one leave in the process, and none where there is
/// one processor alone: the other threads go on.
enum InPlace {
    private static let isTaken = Atomic(false)
    private static let isPossible = ProcessInfo.processInfo.activeProcessorCount > 1

    /// Runs a closure if the leave is free; returns nil if it is not.
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
