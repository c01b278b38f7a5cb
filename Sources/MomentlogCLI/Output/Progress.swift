import Glibc
import Synchronization

/// A line on a terminal's standard error that shows the progress of long work.
///
/// It is a class because the work, on another thread, and the command share it.
final class Progress: Sendable {
    private let verb: String
    private let isTerminal = isatty(2) == 1
    private let state = Mutex(State(next: .now + .milliseconds(500)))

    private struct State {
        var next: ContinuousClock.Instant
        var isShown = false
    }

    init(_ verb: String) { self.verb = verb }

    /// Shows the number done so far, a few times a second at most.
    func show(_ count: Int, _ noun: String) {
        guard isTerminal, count.isMultiple(of: 64) else { return }
        state.withLock { state in
            guard ContinuousClock.now > state.next else { return }
            state = State(next: .now + .milliseconds(200), isShown: true)
            StandardError.write("\r\(verb): \(count) \(noun)\u{1B}[K")
        }
    }

    /// Removes the line.
    func end() {
        if state.withLock({ $0.isShown }) { StandardError.write("\r\u{1B}[K") }
    }
}
