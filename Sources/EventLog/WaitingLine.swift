import Moments
import Synchronization

/// A queue of callers in this process that wait for something which only one can have at a time.
///
/// Callers are served in the order in which they came, and none waits beyond its deadline. No
/// thread is blocked.
package final class WaitingLine: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var isTaken = false
        var lastNumber = 0
        var waiting: [Waiter] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Waits for the caller's turn; returns whether it came. Then ``leave()`` has to be called.
    package func enter(until deadline: ContinuousClock.Instant) async -> Bool {
        // Usually nobody is waiting.
        if takeIfFree() { return true }
        guard ContinuousClock.now < deadline else { return false }
        var timer: Task<Void, Never>?
        let isNext = await withCheckedContinuation { continuation in
            let number: Int? = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return nil
                }
                state.lastNumber += 1
                state.waiting.append(
                    Waiter(number: state.lastNumber, continuation: continuation))
                return state.lastNumber
            }
            guard let number else { return continuation.resume(returning: true) }
            timer = Task { [weak self] in
                guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else {
                    return
                }
                self?.giveUp(number)
            }
        }
        timer?.cancel()
        return isNext
    }

    private func takeIfFree() -> Bool {
        state.withLock { state in
            guard !state.isTaken else { return false }
            state.isTaken = true
            return true
        }
    }

    private func giveUp(_ number: Int) {
        let waiter: Waiter? = state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0.number == number }) else {
                return nil
            }
            return state.waiting.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }

    /// Lets the next caller continue.
    package func leave() {
        let next: Waiter? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
