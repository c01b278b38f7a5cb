public import Moments

/// Which events of the log are asked for, in the words of people who audit. What is asked
/// for together has to hold at once.
public struct EventFilter: Sendable, Hashable {
    /// Only those of this domain: a name or UUID of one that is or was there.
    public var domain: String?
    /// Only those about the checkpoints that bore this name in turn. Without a domain, in
    /// any: the whole log is looked through for them then.
    public var checkpoint: String?
    /// Only those of these kinds; empty for all.
    public var kinds: Set<Event.Kind>
    /// Only those that this actor had appended.
    public var actor: String?
    /// Only those that came in by this door.
    public var origin: Origin.Door?
    /// Only those of this commit.
    public var commit: Int?
    /// From this point in time on: from that sequence, or what was appended at that time or
    /// later.
    public var since: When?
    /// Up to this point in time: up to that sequence, or what was appended by that time.
    public var until: When?
    /// The last first.
    public var isReversed: Bool
    /// At most so many.
    public var limit: Int?

    /// Makes a filter that lets all through, unless told otherwise.
    public init(
        domain: String? = nil, checkpoint: String? = nil, kinds: Set<Event.Kind> = [],
        actor: String? = nil, origin: Origin.Door? = nil, commit: Int? = nil,
        since: When? = nil, until: When? = nil, isReversed: Bool = false, limit: Int? = nil
    ) {
        self.domain = domain
        self.checkpoint = checkpoint
        self.kinds = kinds
        self.actor = actor
        self.origin = origin
        self.commit = commit
        self.since = since
        self.until = until
        self.isReversed = isReversed
        self.limit = limit
    }
}
