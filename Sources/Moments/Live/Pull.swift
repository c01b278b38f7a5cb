/// An observation of a domain that is to be recorded.
public struct Pull: Sendable, Hashable {
    /// The domain as it was observed.
    public var observed: ObservedDomain

    /// What is known of the observation.
    public var evidence: Evidence

    /// Whether missing checkpoints are recorded as deleted although nothing shows that they were.
    public var acceptsGone: Bool

    /// Whether the domain is recorded even without checkpoints, and a definition that changed.
    public var recordsDefinitions: Bool

    /// Whether checkpoints that were pruned in the record alone are recorded again.
    public var recordsPruned: Bool

    /// Whether what is new is recorded although others are lost, which stay recorded.
    public var keepsLost: Bool

    /// Creates a pull.
    public init(
        _ observed: ObservedDomain, _ evidence: Evidence, acceptsGone: Bool = false,
        recordsDefinitions: Bool = false, recordsPruned: Bool = false,
        keepsLost: Bool = false
    ) {
        self.observed = observed
        self.evidence = evidence
        self.acceptsGone = acceptsGone
        self.recordsDefinitions = recordsDefinitions
        self.recordsPruned = recordsPruned
        self.keepsLost = keepsLost
    }
}

extension Pull {
    /// What an observation is to keep in mind of checkpoints that are not as they are recorded.
    package struct Pending: Sendable {
        /// Those that a push which did not complete has left elsewhere than below their parents: the
        /// observation does not vouch for them.
        package var unsettled: Set<CheckpointName> = []
        /// Those that were deleted for certain, which is not recorded beside others that are lost.
        package var deleted: Set<DomainObservation.ObservedCheckpoint> = []
    }

    /// Returns what is pending of a domain.
    ///
    /// - Complexity: O(*n* log *n*) in the checkpoints of both sides; O(*n*) if the last observation
    ///   vouches for all that are recorded, and none is missing.
    package func pending(in domain: Domain) -> Pending {
        let graph = domain.isLive ? domain.graph : MomentGraph()
        var keptCount = 0
        let mayBe = observed.checkpoints.contains { checkpoint in
            guard graph.contains(checkpoint.name) else { return false }
            keptCount += 1
            return evidence.isUnsettled(checkpoint)
        }
        guard mayBe || keptCount < graph.count, !acceptsGone else { return Pending() }
        let comparison = DomainComparison(graph, observed.withoutPlaceholder, evidence)
        let lost = Set(comparison.lost(from: graph, evidence))
        var pending = Pending()
        pending.unsettled = Set(comparison.unsettled(in: graph, evidence))
        guard !lost.isEmpty || !pending.unsettled.isEmpty else { return pending }
        for name in comparison.missing where !lost.contains(name) {
            guard let checkpoint = graph.checkpoint(named: name) else { continue }
            pending.deleted.insert(DomainObservation.ObservedCheckpoint(checkpoint))
        }
        return pending
    }

    /// Returns the pull with other definitions.
    ///
    /// - Complexity: O(*n*) in the checkpoints.
    package func replacingDefinitions(
        _ digests: [DefinitionDigest: DefinitionDigest]
    ) -> Pull {
        var replaced = self
        replaced.observed = observed.replacingDefinitions(digests)
        return replaced
    }
}

/// The decision of a pull: the events of one commit, and what was concluded.
public struct PullDecision: Sendable {
    /// The events in their order; empty if there is nothing to record.
    public internal(set) var events: [Event] = []

    /// The conclusion.
    public internal(set) var result = Result.unchanged

    /// The findings: names that were reused, checkpoints that are lost or in conflict, and errors
    /// in the resulting graph; sorted.
    public internal(set) var findings: [Finding] = []

    /// Whether the observation shows which checkpoint is current: only one chain does.
    public internal(set) var isCurrentKnown = true

    /// The domain's name afterwards.
    public internal(set) var domain: DomainReference

    /// The conclusions from one observation. The raw values are stable.
    public enum Result: String, Sendable, Hashable, CaseIterable {
        /// The changes were recorded.
        case recorded
        /// The record equals what was observed.
        case unchanged
        /// The libvirt does not list the domain. Nothing is concluded from that.
        case notListed = "not-listed"
        /// Recorded checkpoints are missing, and nothing shows that they were deleted. They stay
        /// recorded; nothing is recorded of the others unless the pull keeps what is lost.
        case lost
        /// The domain kept changing while it was observed. Nothing was recorded.
        case busy
        /// The observation contradicts the record. Nothing was recorded.
        case conflict
    }

    /// Whether an error was found.
    public var hasErrors: Bool { findings.contains { $0.severity == .error } }
}

/// Decides a pull, as ``decide(_:for:in:)-(Command,_,_)`` does, with a conclusion.
///
/// - A domain is identified by its UUID, a checkpoint by its name and creation time.
/// - Checkpoints that are missing in a transient domain, or missing completely, are lost and not
///   deleted: then nothing is recorded, or only what is new if the pull keeps what is lost. A checkpoint that is missing in a persistent domain which
///   still has others was deleted; so were all of them if their names are taken by others.
/// - A checkpoint that was pruned in the record alone is reported and not recorded again, unless the
///   pull is asked to.
/// - Deletions come first, so that the children that they move do not count as changes.
/// - In one chain, the leaf is current. In other graphs, the youngest that is new since the last
///   observation becomes current, else the recorded one while it exists.
///
/// - Throws: ``MomentlogError`` with `revision-conflict` if the domain is not at the expected
///   revision.
/// - Complexity: O(*n* log *n*) in the checkpoints of both sides.
public func decide(
    _ pull: Pull, for domain: Domain, in context: DecisionContext
) throws(MomentlogError) -> PullDecision {
    try context.checkRevision(of: domain)
    return try domain.decidePull(pull, context)
}
