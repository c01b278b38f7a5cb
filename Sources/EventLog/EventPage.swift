/// Some of the events of a query.
public struct EventPage: Sendable {
    /// The events' lines, in the order of the query.
    public var lines: [LoggedLine]
    /// The query for the following events; nil if there are none.
    public var next: EventQuery?

    /// Creates a page.
    public init(lines: [LoggedLine], next: EventQuery?) {
        self.lines = lines
        self.next = next
    }
}
