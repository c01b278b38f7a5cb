import Dispatch
package import Moments
import Synchronization

/// Threads for work that blocks them: to wait for a disk, for a lock or for a long computation.
///
/// Tasks share a few threads, as many as there are processors, and each that blocks is one less
/// for all other tasks. So whatever blocks is done here.
///
/// It is a class because executors are.
package final class BlockingWork: TaskExecutor {
    /// Where pieces of work are done at the same time, whosever they are.
    package static let shared = BlockingWork(nil)

    /// Where one piece after the other is done; nil for a thread for each, as far as the system has
    /// them: a concurrent queue has as many threads as processors, which two that wait would fill.
    private let queue: DispatchQueue?

    private init(_ queue: DispatchQueue?) { self.queue = queue }

    /// Where one piece of work is done after the other.
    package convenience init(serial label: String) { self.init(DispatchQueue(label: label)) }

    private var nextQueue: DispatchQueue { queue ?? DispatchQueue(label: "momentlog.blocking") }

    /// Does a piece of work, and waits for it.
    ///
    /// The work learns when the task is cancelled, and ends early if it can leave nothing half
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

    /// Runs a part of a task, for ``run(_:)`` does not do where a piece of work asks for something
    /// in between.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        nextQueue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Whether a task was cancelled, for the threads that work for it.
///
/// It is a class because threads share it.
package final class Cancellation: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package func cancel() { flag.store(true, ordering: .relaxed) }

    /// - Throws: ``MomentlogError`` with `cancelled`.
    package func check() throws(MomentlogError) {
        if isCancelled { throw .cancelled }
    }
}
