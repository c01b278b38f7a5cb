import Foundation

/// Faults that can be injected, to show that the tests find them: a test that never fails proves
/// nothing.
///
/// Only debug builds and what is built for the tests (with `SABOTAGE`) have them, enabled by an
/// environment variable, since another process has to be tested; what is shipped contains none.
package enum Sabotage: String {
    /// Nothing is synced.
    case skipsSync = "skip-sync"
    /// The head file lists a commit before it exists.
    case headBeforeCommit = "head-before-commit"
    /// The last event of a commit of several is omitted.
    case dropsEvent = "drop-event"
    /// A commit is acknowledged before it is stored.
    case acknowledgesFirst = "acknowledge-first"
    /// Files of the store that were moved, removed or replaced go unnoticed.
    case ignoresParts = "ignore-parts"
    /// Columns of an event's row are believed although they do not match its line.
    case believesColumns = "believe-columns"
    /// Cancelled work goes on.
    case ignoresCancellation = "ignore-cancellation"
    /// A domain in memory is believed although other processes may have changed it.
    case believesMemory = "believe-memory"
    /// A domain is believed to have the name that it was found by, whatever its events say.
    case believesLookup = "believe-lookup"

    /// Whether this fault is enabled.
    package var isOn: Bool {
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
