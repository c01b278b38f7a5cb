import Dispatch
import EventLog
import Synchronization

/// A lock of this process whose waiters get it in the order in which they came, and may give up.
///
/// It is a class because threads share it.
final class FairTurn: Sendable {
    private struct State {
        var isTaken = false
        var waiters: [DispatchSemaphore] = []
    }

    private let state = Mutex(State())

    /// How many wait for it.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Waits for it, for so long at most; returns whether it was got. It blocks its thread.
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
                // It was handed over meanwhile.
                return true
            }
            state.waiters.remove(at: place)
            return false
        }
    }

    /// Hands it to the next.
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
