/// Some of the events that a query asks for.
public struct EventPage: Sendable {
    /// The events' lines, in the order that was asked for.
    public var lines: [LoggedLine]
    /// The query for those that come next; nil if there are none.
    public var next: EventQuery?

    /// Puts a page together.
    public init(lines: [LoggedLine], next: EventQuery?) {
        self.lines = lines
        self.next = next
    }
}
