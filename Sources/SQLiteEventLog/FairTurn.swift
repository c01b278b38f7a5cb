import Dispatch
import EventLog
import Synchronization

/// A lock of this process that waiters get in the order in which they came, with a timeout.
///
/// It is a class because threads share it.
final class FairTurn: Sendable {
    private struct State {
        var isTaken = false
        var waiters: [DispatchSemaphore] = []
    }

    private let state = Mutex(State())

    /// The number of waiters.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Waits for the lock up to a limit; returns whether it was acquired. It blocks its thread.
    func take(within limit: Duration) -> Bool {
        let waiter = state.withLock { state -> DispatchSemaphore? in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            let waiter = DispatchSemaphore(value: 0)
            state.waiters.append(waiter)
            return waiter
        }
        guard let waiter, waiter.wait(timeout: .now() + limit.seconds) != .success else {
            return true
        }
        return state.withLock { state in
            guard let place = state.waiters.firstIndex(where: { $0 === waiter }) else {
                // It was handed over in the meantime.
                return true
            }
            state.waiters.remove(at: place)
            return false
        }
    }

    /// Hands the lock to the next waiter.
    func release() {
        state.withLock { state in
            guard let next = state.waiters.first else {
                state.isTaken = false
                return
            }
            state.waiters.removeFirst()
            next.signal()
        }
    }
}
