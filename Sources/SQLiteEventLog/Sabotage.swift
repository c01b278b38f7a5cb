import EventLog
import Foundation

/// Faults that can be put into the log on purpose, so that the tests of its durability are seen
/// to find them: a test that never fails proves nothing.
///
/// Only debug builds know of them, by an environment variable: it has to be another process
/// that is tested, and what is released has none of this compiled in.
enum Sabotage: String {
    /// Nothing is synced.
    case skipsSync = "skip-sync"
    /// The head file tells of a commit before it is there.
    case headBeforeCommit = "head-before-commit"
    /// The last event of a commit of several is left out.
    case dropsEvent = "drop-event"
    /// A commit is acknowledged before it is made.
    case acknowledgesFirst = "acknowledge-first"

    /// Whether this one is asked for.
    var isOn: Bool {
        #if DEBUG
            return Self.current == self
        #else
            return false
        #endif
    }

    #if DEBUG
        private static let current = ProcessInfo.processInfo.environment["MOMENTLOG_SABOTAGE"]
            .flatMap { Sabotage(rawValue: $0) }
    #endif
}
