import Dispatch
import Synchronization

/// A number that is counted up on several threads: under a lock, or, with an argument, without.
/// The sanitizer has to report the second and not the first; see `scripts/sanitize-threads`.
@main
enum Race {
    nonisolated(unsafe) private static var number = 0
    private static let lock = Mutex(())

    static func main() {
        let locks = CommandLine.arguments.count == 1
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<100_000 {
                if locks { lock.withLock { _ in number += 1 } } else { number += 1 }
            }
        }
    }
}
