public import EventLog
public import Moments
import Synchronization

/// Events of the log in their order, read a page at a time.
///
/// ```swift
/// for try await line in try await store.events(EventFilter(domain: "vm1")) {
///     print(try line.event().event)
/// }
/// ```
public struct EventSequence: AsyncSequence, Sendable {
    /// The maximum number of events in memory.
    public static let pageSize = 1_000

    let log: any EventLog
    let selection: EventSelection?

    /// Begins reading.
    public func makeAsyncIterator() -> Iterator { Iterator(log: log, selection: selection) }

    /// The position of one reader in the sequence.
    public struct Iterator: AsyncIteratorProtocol {
        private let log: any EventLog
        /// The remaining query; nil at the end.
        private var query: EventQuery?
        private let conditions: EventConditions?
        private var matcher: EventMatcher?
        /// The number of events still to return; nil for all.
        private var limit: Int?
        private var page: ArraySlice<LoggedLine> = []

        init(log: any EventLog, selection: EventSelection?) {
            self.log = log
            query = selection?.query
            conditions = selection?.conditions
            limit = selection?.limit
        }

        /// The next event; nil at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(MomentlogError) -> LoggedLine? {
            if matcher == nil { matcher = try conditions?.matcher }
            while limit ?? 1 > 0 {
                if page.isEmpty { try await readPage(isolation: actor) }
                guard let line = page.popFirst() else {
                    guard query != nil else { return nil }
                    continue
                }
                guard try matcher?.admits(line) ?? true else { continue }
                if let limit { self.limit = limit - 1 }
                return line
            }
            return nil
        }

        private mutating func readPage(
            isolation actor: isolated (any Actor)?
        ) async throws(MomentlogError) {
            guard let rest = query else { return }
            var paged = rest
            // Conditions that are evaluated here may skip any number of events.
            let wanted = matcher == nil ? limit ?? .max : .max
            paged.limit = Swift.min(EventSequence.pageSize, wanted)
            let read = try await log.page(paged)
            page = read.lines[...]
            query = nil
            guard let last = page.last else {
                query = read.next.map { rest.going(on: $0) }
                return
            }
            guard page.count == paged.limit || read.next != nil else { return }
            let event = try last.event()
            // Events that were appended in the meantime come later.
            query = rest.following(
                rest.domain == nil ? event.sequence : event.revision, count: page.count)
        }
    }
}

extension EventQuery {
    /// Returns the query that continues after a page without a match, including new events.
    fileprivate func going(on next: EventQuery) -> EventQuery {
        var rest = self
        if isReversed {
            rest.sequences = sequences.clamped(to: .min...next.sequences.upperBound)
            rest.revisions = revisions.clamped(to: .min...next.revisions.upperBound)
        } else {
            rest.sequences = sequences.clamped(to: next.sequences.lowerBound ... .max)
            rest.revisions = revisions.clamped(to: next.revisions.lowerBound ... .max)
        }
        return rest
    }
}
