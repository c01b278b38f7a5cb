import EventLog
public import Moments
import SQLiteEventLog

/// The events that a repair or a reversion appends to a domain's stream.
public struct RepairPlan: Sendable {
    /// The domain as it was before.
    public let domain: Domain

    /// The events in order; empty if there is nothing to repair or revert.
    public let events: [Event]

    /// Creates a plan for a domain.
    public init(domain: Domain, events: [Event]) {
        self.domain = domain
        self.events = events
    }
}

extension Instruction {
    /// Returns the provenance to record. A repair without a reason states what it repairs.
    ///
    /// - Complexity: O(1), for a repair without a reason O(*n*) in the checkpoints.
    func provenance(for domain: Domain) -> Provenance {
        var provenance = submission.provenance
        if case .repair = command, provenance.reason == nil {
            let errors = domain.graph.findings(domain: domain.nameReference)
                .filter { $0.severity == .error }
            let most = 8
            let left = errors.count > most ? ["\(errors.count - most) more"] : []
            provenance.reason =
                "repairs " + (errors.prefix(most).map(\.label) + left).joined(separator: "; ")
        }
        return provenance
    }
}

extension Finding {
    /// Its kind and the checkpoints at fault, the first few of many.
    fileprivate var label: String {
        let most = 4
        let left = checkpoints.count > most ? ["\(checkpoints.count - most) more"] : []
        return kind.rawValue + " "
            + (checkpoints.prefix(most).map(\.text) + left).joined(separator: ", ")
    }
}
