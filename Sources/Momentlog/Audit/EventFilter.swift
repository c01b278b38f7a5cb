public import Moments

/// A selection of events of the log, for audits. Different conditions have to hold together; of
/// several values of one kind, any.
public struct EventFilter: Sendable, Hashable {
    /// Only those of this domain: a name or UUID of a present or former one. A name that none has
    /// now means the last domain that had it.
    public var domain: DomainReference?
    /// Only those about checkpoints that had these names. Without a domain, the whole log is
    /// searched for them.
    public var checkpoints: [CheckpointName]
    /// Only those of these kinds; empty for all.
    public var kinds: Set<Event.Kind>
    /// Only those of these actors.
    public var actors: [String]
    /// Only those submitted through these channels.
    public var origins: Set<Origin.Channel>
    /// Only those of these commits.
    public var commits: Set<Int>
    /// Only those whose lines match one of these regular expressions. Without a capital letter in
    /// it, matching ignores case.
    public var patterns: [String]
    /// From this point in time on: from that sequence, or from the first event at that time or
    /// later.
    public var since: When?
    /// Up to this point in time: up to that sequence, or to the last event by that time.
    public var until: When?
    /// Whether the newest come first.
    public var isReversed: Bool
    /// The maximum number of events, from the first in the order on.
    public var limit: Int?
    /// Only this number of the newest of all these, in the order.
    public var newest: Int?

    /// Creates a filter; by default, for all events.
    public init(
        domain: DomainReference? = nil, checkpoints: [CheckpointName] = [],
        kinds: Set<Event.Kind> = [],
        actors: [String] = [], origins: Set<Origin.Channel> = [], commits: Set<Int> = [],
        patterns: [String] = [], since: When? = nil, until: When? = nil, isReversed: Bool = false,
        limit: Int? = nil, newest: Int? = nil
    ) {
        self.domain = domain
        self.checkpoints = checkpoints
        self.kinds = kinds
        self.actors = actors
        self.origins = origins
        self.commits = commits
        self.patterns = patterns
        self.since = since
        self.until = until
        self.isReversed = isReversed
        self.limit = limit
        self.newest = newest
    }
}
