public import EventLog
public import Moments
public import SQLiteEventLog
import Synchronization

/// Events of the log in their order, read a page at a time.
///
/// ```swift
/// for try await line in try await store.events(EventFilter(domain: "vm1")) {
///     print(try line.event().event)
/// }
/// ```
public struct EventSequence: AsyncSequence, Sendable {
    /// How many events are in memory at once, at most.
    public static let pageSize = 1_000

    let log: any EventLog
    let query: EventQuery?

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator { Iterator(log: log, query: query) }

    /// The place of one reader in the sequence.
    public struct Iterator: AsyncIteratorProtocol {
        private let log: any EventLog
        /// What is still to be read; nil at the end.
        private var query: EventQuery?
        private var page: ArraySlice<LoggedLine> = []

        init(log: any EventLog, query: EventQuery?) {
            self.log = log
            self.query = query
        }

        /// The next event; nil at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(MomentlogError) -> LoggedLine? {
            if page.isEmpty { try await readPage(isolation: actor) }
            return page.popFirst()
        }

        private mutating func readPage(
            isolation actor: isolated (any Actor)?
        ) async throws(MomentlogError) {
            guard let rest = query else { return }
            var paged = rest
            let limit = Swift.min(EventSequence.pageSize, rest.limit ?? .max)
            paged.limit = limit
            let read = try await log.page(paged)
            page = read.lines[...]
            query = nil
            guard let last = page.last, page.count == limit || read.next != nil else { return }
            let event = try last.event()
            // What has been appended meanwhile is behind it.
            query = rest.following(
                rest.domain == nil ? event.sequence : event.revision, count: page.count)
        }
    }
}
