public import Moments

/// What a command that was not refused came to.
public struct CommandOutcome: Sendable, Hashable {
    /// The name that the domain bears now, or bore last.
    public let domain: String

    /// The number of the commit that it appended; nil if all was so already.
    public let commit: Int?

    /// The first and the last sequence of what it appended; nil if nothing.
    public let sequences: ClosedRange<Int>?

    /// The domain's revision after it.
    public let revision: Int

    /// The checkpoint that it was about, if it was about one: of a `create`, the new
    /// one's name.
    public let checkpoint: String?

    /// What was found when it was carried out: names that came back (``Finding/Kind/nameReused``),
    /// of severity error.
    public let findings: [Finding]

    /// Whether the request was carried out before, so that nothing was done now.
    public internal(set) var isRepeated = false

    /// What would be appended, of a command that is only previewed.
    var plannedEvents: [Event] = []

    /// What an adoption took over, left out and found; nil for other commands.
    var adoption: AdoptionReport?
}

extension CommandOutcome {
    /// A request that comes again has an equal outcome: ``isRepeated`` does not count.
    public static func == (left: CommandOutcome, right: CommandOutcome) -> Bool {
        left.domain == right.domain && left.commit == right.commit
            && left.sequences == right.sequences && left.revision == right.revision
            && left.checkpoint == right.checkpoint && left.findings == right.findings
            && left.plannedEvents == right.plannedEvents && left.adoption == right.adoption
    }

    /// Hashes what ``==(_:_:)`` compares, as far as it tells outcomes apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(domain)
        hasher.combine(commit)
        hasher.combine(revision)
        hasher.combine(checkpoint)
    }
}
