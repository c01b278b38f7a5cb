import Dispatch
import Synchronization

/// A thread for the blocking calls of one connection, each with a deadline.
///
/// It is a class because it owns the queue. A call that does not return occupies its thread
/// forever, since nothing can interrupt it; all later calls fail at once.
final class LibvirtThread: Sendable {
    private let queue = DispatchQueue(label: "momentlog.libvirt")
    private let deadlineSeconds: Int
    private let isHung = Mutex(false)

    init(deadlineSeconds: Int) { self.deadlineSeconds = deadlineSeconds }

    /// Calls a closure on the thread.
    ///
    /// - Throws: What the closure throws, or a timeout.
    func call<Value: Sendable>(
        _ body: @escaping @Sendable () -> Result<Value, LibvirtFailure>
    ) async throws(LibvirtFailure) -> Value {
        let failure = LibvirtFailure.timeout(deadlineSeconds)
        guard isHung.withLock({ !$0 }) else { throw failure }
        let result: Result<Value, LibvirtFailure> = await withCheckedContinuation { continuation in
            let answer = Answer(continuation)
            // Unchecked: cancelling an item is safe on any thread.
            nonisolated(unsafe) let timer = DispatchWorkItem { [weak self] in
                guard answer.give(.failure(failure)) else { return }
                self?.isHung.withLock { $0 = true }
            }
            DispatchQueue.global().asyncAfter(
                deadline: .now() + .seconds(deadlineSeconds), execute: timer)
            queue.async {
                let result = body()
                timer.cancel()
                answer.give(result)
            }
        }
        return try result.get()
    }

    /// Runs a closure after all calls, unless one hangs. It waits no longer than for a call.
    func finish(_ body: @escaping @Sendable () -> Void) async {
        _ = try? await call { () -> Result<Bool, LibvirtFailure> in
            body()
            return .success(true)
        }
    }

    /// The result that a caller waits for, set once.
    private final class Answer<Value: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Result<Value, LibvirtFailure>, Never>?>

        init(_ continuation: CheckedContinuation<Result<Value, LibvirtFailure>, Never>) {
            self.continuation = Mutex(continuation)
        }

        /// Returns whether it was the first.
        @discardableResult
        func give(_ result: Result<Value, LibvirtFailure>) -> Bool {
            let waiting = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            waiting?.resume(returning: result)
            return waiting != nil
        }
    }
}
