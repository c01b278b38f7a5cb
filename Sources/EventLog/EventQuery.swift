public import Moments

/// A selection of events, and their order. An event has to satisfy all conditions.
public struct EventQuery: Sendable, Hashable {
    /// Only those of this domain.
    public var domain: DomainEntry.ID?
    /// Only those about a checkpoint of this name.
    public var checkpoint: CheckpointName?
    /// Only those of these kinds; empty for all.
    public var kinds: Set<Event.Kind>
    /// Only those of this actor.
    public var actor: String?
    /// Only those submitted through this channel.
    public var channel: Origin.Channel?
    /// Only those of this commit.
    public var commit: Int?
    /// Only those of these sequences.
    public var sequences: ClosedRange<Int>
    /// Only those of these revisions of their domains.
    public var revisions: ClosedRange<Int>
    /// Whether the newest come first.
    public var isReversed: Bool
    /// The maximum number of events.
    public var limit: Int?

    /// Creates a query; by default, for all events.
    public init(
        domain: DomainEntry.ID? = nil, checkpoint: CheckpointName? = nil,
        kinds: Set<Event.Kind> = [],
        actor: String? = nil, channel: Origin.Channel? = nil, commit: Int? = nil,
        sequences: ClosedRange<Int> = 1...Int.max, revisions: ClosedRange<Int> = 1...Int.max,
        isReversed: Bool = false, limit: Int? = nil
    ) {
        self.domain = domain
        self.checkpoint = checkpoint
        self.kinds = kinds
        self.actor = actor
        self.channel = channel
        self.commit = commit
        self.sequences = sequences
        self.revisions = revisions
        self.isReversed = isReversed
        self.limit = limit
    }

    /// Whether it has a condition besides the domain.
    package var hasConditions: Bool {
        self != EventQuery(domain: domain, isReversed: isReversed, limit: limit)
    }

    /// Returns whether an event satisfies the conditions, ignoring its domain and the limit.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` or `corrupt`; see ``LoggedLine/event()``.
    /// - Complexity: O(*n*) in the bytes of the line.
    public func admits(_ line: LoggedLine) throws(MomentlogError) -> Bool {
        try line.parsed { admits($0) }
    }

    /// Returns whether an event satisfies the conditions, ignoring its domain and the limit.
    package func admits(_ line: ParsedLine) -> Bool {
        (checkpoint.map { line.payload.checkpointName?.hasSameBytes(as: $0.text) ?? false } ?? true)
            && (kinds.isEmpty || kinds.contains(line.kind))
            && (actor.map { line.actor.hasSameBytes(as: $0) } ?? true)
            && (channel == nil || channel == line.origin.channel)
            && (commit == nil || commit == line.commit)
            && sequences.contains(line.sequence)
            && revisions.contains(line.revision)
    }

    /// Returns the query for the events after one in the order; nil if there can be none.
    ///
    /// - Parameters:
    ///   - place: The event's sequence, or its revision in a query for a domain.
    ///   - count: The number of events read, of those that the limit counts.
    public func following(_ place: Int, count: Int) -> EventQuery? {
        var rest = self
        if let limit { rest.limit = max(limit, 0) - min(max(count, 0), max(limit, 0)) }
        let range = domain == nil ? sequences : revisions
        let lowest = max(range.lowerBound, 1)
        let (lower, upper) =
            isReversed
            ? (lowest, max(min(place, range.upperBound), 1) - 1)
            : (max(place, lowest) &+ 1, range.upperBound)
        guard rest.limit ?? 1 > 0, lower > 0, lower <= upper else { return nil }
        if domain == nil { rest.sequences = lower...upper } else { rest.revisions = lower...upper }
        return rest
    }
}
