import Synchronization

/// What a closure says to who called for it.
///
/// It is a class because both share it.
final class Flag: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
