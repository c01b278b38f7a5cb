import Moments
import Synchronization

/// Names that no two callers get.
final class Names: Sendable {
    private let count = Mutex(0)

    func next() -> CheckpointName {
        count.withLock { count in
            count += 1
            return "nightly-\(count)"
        }
    }
}

/// The longest of some lines.
final class Lines: Sendable {
    private let text = Mutex("")

    var longest: String { text.withLock { $0 } }

    func note(_ line: String) {
        text.withLock { if line.utf8.count > $0.utf8.count { $0 = line } }
    }
}
