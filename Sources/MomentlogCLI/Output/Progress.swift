import Glibc
import Moments
import Synchronization

/// A line on a terminal's standard error that shows the progress of long work; none with
/// `--quiet`, nor where the output is JSON.
///
/// It is a class because the work, on another thread, and the command share it.
final class Progress: Sendable {
    private let verb: String
    private let noun: String
    private let isShown: Bool
    private let state = Mutex(State(next: .now + .milliseconds(500)))

    private struct State {
        var next: ContinuousClock.Instant
        var hasLine = false
    }

    /// - Parameters:
    ///   - verb: The command.
    ///   - noun: The units of its work.
    init(_ verb: String, _ noun: String, _ format: FormatOptions) {
        self.verb = verb
        self.noun = noun
        isShown = isatty(2) == 1 && !format.quiet && format.format == .table
    }

    /// Shows what is done so far, a few times a second at most.
    func show(_ progress: WorkProgress) {
        guard isShown else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            guard now > state.next else { return }
            state = State(next: now + .milliseconds(200), hasLine: true)
            let total = progress.total.map { " of \($0)" } ?? ""
            StandardError.write("\r\(verb): \(progress.completed)\(total) \(noun)\u{1B}[K")
        }
    }

    /// Removes the line.
    func end() {
        state.withLock { state in
            if state.hasLine { StandardError.write("\r\u{1B}[K") }
            state.hasLine = false
        }
    }
}
