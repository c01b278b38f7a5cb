public import Moments
import Synchronization

/// Runs a closure in its own task, which the closure can cancel, and returns the code of the
/// error that it threw; nil if it threw none.
public func codeWhenCancelled(
    _ body: @escaping @Sendable (_ cancel: @escaping @Sendable () -> Void) async throws -> Void
) async -> MomentlogError.Code? {
    let task = Mutex<Task<Void, any Error>?>(nil)
    let (start, starter) = AsyncStream.makeStream(of: Void.self)
    let running = Task {
        for await _ in start { break }
        try await body { task.withLock { $0?.cancel() } }
    }
    task.withLock { $0 = running }
    starter.yield()
    guard case .failure(let error) = await running.result else { return nil }
    return (error as? MomentlogError)?.code
}
