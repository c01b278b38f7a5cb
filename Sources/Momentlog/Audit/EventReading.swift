import EventLog
import Moments

/// The reading of a selection page by page, of one state of the log.
///
/// It does not suspend, because the matcher cannot be shared between tasks.
struct EventReading {
    /// The next page to request from the log; nil at the end.
    private(set) var query: EventQuery?
    private let matcher: EventMatcher?
    private var rest: Int

    /// - Throws: ``MomentlogError`` with `usage` for an invalid pattern.
    init(_ selection: EventSelection) throws(MomentlogError) {
        var query = selection.query
        matcher = try selection.conditions?.matcher
        rest = selection.limit ?? .max
        if matcher == nil { query.limit = selection.limit }
        self.query = rest > 0 ? query : nil
    }

    /// Returns the lines of a page that the selection includes.
    mutating func lines(of page: EventPage) throws(MomentlogError) -> [LoggedLine] {
        query = page.next
        guard let matcher else { return page.lines }
        var lines: [LoggedLine] = []
        for line in page.lines where rest > 0 {
            guard try matcher.admits(line) else { continue }
            lines.append(line)
            rest -= 1
        }
        if rest == 0 { query = nil }
        return lines
    }
}
