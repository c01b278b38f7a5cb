import Dispatch
package import Moments
import Synchronization

/// Threads for blocking work: waiting for a disk or a lock, or a long computation.
///
/// Tasks share a few threads, as many as there are processors, and a thread that blocks is lost to
/// all other tasks. So all blocking work runs here.
///
/// It is a class because executors are.
package final class BlockingWork: TaskExecutor {
    /// Runs pieces of work concurrently.
    package static let shared = BlockingWork(nil)

    /// The queue that runs one piece after the other; nil for a thread for each: a concurrent queue
    /// has only as many threads as processors, which two waiting pieces would occupy.
    private let queue: DispatchQueue?

    private init(_ queue: DispatchQueue?) { self.queue = queue }

    /// Creates threads that run one piece of work after the other.
    package convenience init(serial label: String) { self.init(DispatchQueue(label: label)) }

    private var nextQueue: DispatchQueue { queue ?? DispatchQueue(label: "momentlog.blocking") }

    /// Runs a piece of work, and waits for it.
    ///
    /// The work is notified when the task is cancelled, and ends early if it can leave nothing half
    /// done.
    package func run<Value: Sendable>(
        _ work: @escaping @Sendable (Cancellation) throws(MomentlogError) -> Value
    ) async throws(MomentlogError) -> Value {
        let cancellation = Cancellation()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                nextQueue.async {
                    continuation.resume(
                        returning: Result { () throws(MomentlogError) in try work(cancellation) })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    /// Runs a part of a task, which ``run(_:)`` does not do if a piece of work awaits something in
    /// between.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        nextQueue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Shows the threads that work for a task whether it was cancelled.
///
/// It is a class because threads share it.
package final class Cancellation: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package func cancel() { flag.store(true, ordering: .relaxed) }

    /// - Throws: ``MomentlogError`` with `cancelled`.
    package func check() throws(MomentlogError) {
        if isCancelled, !Sabotage.ignoresCancellation.isOn { throw .cancelled }
    }
}
