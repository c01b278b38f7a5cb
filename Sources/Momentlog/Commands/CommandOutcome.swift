public import Moments

/// The result of a command that was not refused.
public struct CommandOutcome: Sendable, Hashable {
    /// The domain's name; after its end, the last name that it had.
    public let domain: DomainReference

    /// The number of its commit; nil if nothing had to change.
    public let commit: Int?

    /// The first and the last sequence that it appended; nil if nothing was appended.
    public let sequences: ClosedRange<Int>?

    /// The domain's revision after it.
    public let revision: Int

    /// The checkpoint that it was about, if any: for a `create`, the new one's name.
    public let checkpoint: CheckpointName?

    /// The findings when it was carried out: names that were reused (``Finding/Kind/nameReused``),
    /// of severity error.
    public let findings: [Finding]

    /// Whether the request was carried out before, so that nothing was done now.
    public internal(set) var isRepeated = false

    /// The events of a preview.
    var plannedEvents: [Event] = []

    /// The report of an adoption; nil for other commands.
    var adoption: AdoptionReport?
}

extension CommandOutcome {
    /// A retry has an equal outcome: ``isRepeated`` is ignored.
    public static func == (left: CommandOutcome, right: CommandOutcome) -> Bool {
        left.domain == right.domain && left.commit == right.commit
            && left.sequences == right.sequences && left.revision == right.revision
            && left.checkpoint == right.checkpoint && left.findings == right.findings
            && left.plannedEvents == right.plannedEvents && left.adoption == right.adoption
    }

    /// Hashes what ``==(_:_:)`` compares, as far as it distinguishes outcomes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(domain)
        hasher.combine(commit)
        hasher.combine(revision)
        hasher.combine(checkpoint)
    }
}
