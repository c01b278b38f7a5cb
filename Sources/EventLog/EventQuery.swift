public import Moments

/// Which events are asked for, and in which order. What is asked for together is asked for
/// at once.
public struct EventQuery: Sendable, Hashable {
    /// Only those of this domain.
    public var domain: DomainEntry.ID?
    /// Only those about a checkpoint of this name.
    public var checkpoint: String?
    /// Only those of these kinds; empty for all.
    public var kinds: Set<Event.Kind>
    /// Only those that this actor had appended.
    public var actor: String?
    /// Only those that came in by this door.
    public var door: Origin.Door?
    /// Only those of this commit.
    public var commit: Int?
    /// Only those of these sequences.
    public var sequences: ClosedRange<Int>
    /// Only those of these revisions of their domains.
    public var revisions: ClosedRange<Int>
    /// The last first.
    public var isReversed: Bool
    /// At most so many.
    public var limit: Int?

    /// Makes a query for all events, unless told otherwise.
    public init(
        domain: DomainEntry.ID? = nil, checkpoint: String? = nil, kinds: Set<Event.Kind> = [],
        actor: String? = nil, door: Origin.Door? = nil, commit: Int? = nil,
        sequences: ClosedRange<Int> = 1...Int.max, revisions: ClosedRange<Int> = 1...Int.max,
        isReversed: Bool = false, limit: Int? = nil
    ) {
        self.domain = domain
        self.checkpoint = checkpoint
        self.kinds = kinds
        self.actor = actor
        self.door = door
        self.commit = commit
        self.sequences = sequences
        self.revisions = revisions
        self.isReversed = isReversed
        self.limit = limit
    }

    /// Whether it asks for more than a domain.
    package var hasConditions: Bool {
        self != EventQuery(domain: domain, isReversed: isReversed, limit: limit)
    }

    /// Whether an event is one of those asked for, its domain and the limit left aside.
    ///
    /// - Throws: ``MomentlogError`` with `too-new` or `corrupt`; see ``LoggedLine/event()``.
    /// - Complexity: O(*n*) in the bytes of the line.
    public func admits(_ line: LoggedLine) throws(MomentlogError) -> Bool {
        try line.parsed { admits($0) }
    }

    /// Whether an event is one of those asked for, its domain and the limit left aside.
    package func admits(_ line: ParsedLine) -> Bool {
        (checkpoint.map { line.payload.checkpointName?.hasSameBytes(as: $0) ?? false } ?? true)
            && (kinds.isEmpty || kinds.contains(line.kind))
            && (actor.map { line.actor.hasSameBytes(as: $0) } ?? true)
            && (door == nil || door == line.origin.door)
            && (commit == nil || commit == line.commit)
            && sequences.contains(line.sequence)
            && revisions.contains(line.revision)
    }

    /// The query for what comes after an event in the order; nil if nothing can.
    ///
    /// - Parameters:
    ///   - place: The event's sequence, or its revision where a domain is asked for.
    ///   - count: How many events have been read, of those that the limit counts.
    public func following(_ place: Int, count: Int) -> EventQuery? {
        var rest = self
        rest.limit = limit.map { $0 - count }
        let range = domain == nil ? sequences : revisions
        let (lower, upper) =
            isReversed
            ? (range.lowerBound, min(place, range.upperBound) &- 1)
            : (max(place, range.lowerBound) &+ 1, range.upperBound)
        guard rest.limit ?? 1 > 0, lower <= upper, lower > 0 else { return nil }
        if domain == nil { rest.sequences = lower...upper } else { rest.revisions = lower...upper }
        return rest
    }
}
