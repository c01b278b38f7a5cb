import EventLog
import Momentlog

/// The result of a verification as a sentence that states what was compared with what.
///
/// "Nothing was altered" is said only of events that a kept head covers.
enum VerificationClaim {
    /// Returns what was shown of a store; nil if it is damaged.
    static func text(of found: Verification, isQuick: Bool) -> String? {
        guard !found.isDamaged else { return nil }
        if let coverage = found.coverage {
            return text(of: coverage, isSound: found.isSound)
                + (isQuick ? "; nothing was replayed" : "")
        }
        if isQuick {
            return "the events are consistent with their own hashes, which does not prove that"
                + " nobody rewrote them; nothing was replayed"
        }
        return found.isSound
            ? "the store is consistent with itself, which does not prove that nobody rewrote it"
            : "the events are consistent with themselves, which does not prove that nobody rewrote"
                + " them or cut off their end"
    }

    /// Returns what a head was shown to cover.
    static func text(of coverage: Verification.Coverage, isSound: Bool) -> String {
        let (covered, later) = (coverage.covered, coverage.later)
        if covered == 0 && later == 0 { return "the head matches: it covers no events" }
        if covered == 0 {
            return "the head covers no events; \(events(later)) after it"
                + " \(later == 1 ? "is" : "are") only consistent with"
                + " \(later == 1 ? "itself" : "themselves")"
        }
        guard later > 0 else {
            return (covered == 1 ? "the 1 event matches" : "all \(covered) events match")
                + " the head" + (isSound ? ": nothing was altered" : "")
        }
        return (covered == 1 ? "the first event matches" : "the first \(covered) events match")
            + " the head; "
            + (later == 1
                ? "1 later one is only consistent with itself"
                : "\(later) later ones are only consistent with themselves")
    }

    private static func events(_ count: Int) -> String {
        "\(count) event\(count == 1 ? "" : "s")"
    }
}
