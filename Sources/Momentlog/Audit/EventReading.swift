import EventLog
import Moments

/// The reading of a selection page by page, of one state of the log.
///
/// It awaits nothing, since what compares events cannot be shared between tasks.
struct EventReading {
    /// The page to ask the log for next; nil at the end.
    private(set) var query: EventQuery?
    private let matcher: EventMatcher?
    private var rest: Int

    /// - Throws: ``MomentlogError`` with `usage` for a pattern that is no regular expression.
    init(_ selection: EventSelection) throws(MomentlogError) {
        var query = selection.query
        matcher = try selection.conditions?.matcher
        rest = selection.limit ?? .max
        if matcher == nil { query.limit = selection.limit }
        self.query = rest > 0 ? query : nil
    }

    /// The lines of a page that the selection lets through.
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
