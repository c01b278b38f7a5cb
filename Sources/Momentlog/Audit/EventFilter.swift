public import Moments

/// Which events of the log are asked for, in the words of people who audit. What is asked
/// for together has to hold at once; of several values of one kind, any.
public struct EventFilter: Sendable, Hashable {
    /// Only those of this domain: a name or UUID of one that is or was there. A name that none has
    /// now is that of the last domain that had it.
    public var domain: String?
    /// Only those about the checkpoints that bore these names in turn. Without a domain, in
    /// any: the whole log is looked through for them then.
    public var checkpoints: [String]
    /// Only those of these kinds; empty for all.
    public var kinds: Set<Event.Kind>
    /// Only those that these actors had appended.
    public var actors: [String]
    /// Only those that came in by these doors.
    public var origins: Set<Origin.Door>
    /// Only those of these commits.
    public var commits: Set<Int>
    /// Only those in whose lines one of these regular expressions is found. Without a capital letter
    /// in it, the case of letters does not matter.
    public var patterns: [String]
    /// From this point in time on: from that sequence, or what was appended at that time or
    /// later.
    public var since: When?
    /// Up to this point in time: up to that sequence, or what was appended by that time.
    public var until: When?
    /// The last first.
    public var isReversed: Bool
    /// At most so many, from the first in the order on.
    public var limit: Int?
    /// Only the newest so many of all these, in the order.
    public var newest: Int?

    /// Makes a filter that lets all through, unless told otherwise.
    public init(
        domain: String? = nil, checkpoints: [String] = [], kinds: Set<Event.Kind> = [],
        actors: [String] = [], origins: Set<Origin.Door> = [], commits: Set<Int> = [],
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
