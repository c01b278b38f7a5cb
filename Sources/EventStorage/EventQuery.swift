/// Which events are asked for, and in which order.
public struct EventQuery: Sendable, Hashable {
    /// Only those of this domain.
    public var domain: DomainEntry.ID?
    /// The last first.
    public var isReversed: Bool
    /// At most so many.
    public var limit: Int?

    /// Makes a query for all events, unless told otherwise.
    public init(domain: DomainEntry.ID? = nil, isReversed: Bool = false, limit: Int? = nil) {
        self.domain = domain
        self.isReversed = isReversed
        self.limit = limit
    }
}
