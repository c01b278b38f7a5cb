import Synchronization

/// A signal from a closure to its caller.
///
/// It is a class because both share it.
final class Flag: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
