import EventLog
import Foundation

/// Faults that can be injected into the log, to show that the tests of its durability find them: a
/// test that never fails proves nothing.
///
/// Only debug builds and what is built for the tests (with `SABOTAGE`) have them, enabled by an
/// environment variable, since another process has to be tested; what is shipped contains none.
enum Sabotage: String {
    /// Nothing is synced.
    case skipsSync = "skip-sync"
    /// The head file lists a commit before it exists.
    case headBeforeCommit = "head-before-commit"
    /// The last event of a commit of several is omitted.
    case dropsEvent = "drop-event"
    /// A commit is acknowledged before it is stored.
    case acknowledgesFirst = "acknowledge-first"

    /// Whether this fault is enabled.
    var isOn: Bool {
        #if DEBUG || SABOTAGE
            return Self.current == self
        #else
            return false
        #endif
    }

    #if DEBUG || SABOTAGE
        private static let current = ProcessInfo.processInfo.environment["MOMENTLOG_SABOTAGE"]
            .flatMap { Sabotage(rawValue: $0) }
    #endif
}
