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
            guard var rest = query else { return }
            let size = Swift.min(EventSequence.pageSize, rest.limit ?? .max)
            let read = EventPage()
            var paged = rest
            paged.limit = size
            try await log.read(paged) { (line) throws(MomentlogError) in
                read.append(line)
                return true
            }
            page = read.lines[...]
            guard let last = page.last, page.count == size else {
                query = nil
                return
            }
            rest.limit = rest.limit.map { $0 - size }
            let event = try last.event()
            // In the log's index of a domain its revisions can be sought.
            let place = rest.domain == nil ? \EventQuery.sequences : \EventQuery.revisions
            let number = rest.domain == nil ? event.sequence : event.revision
            let range = rest[keyPath: place]
            let isAtEnd = number <= range.lowerBound && rest.isReversed
            guard !isAtEnd, number < range.upperBound || rest.isReversed, rest.limit != 0 else {
                query = nil
                return
            }
            rest[keyPath: place] =
                rest.isReversed
                ? range.lowerBound...number - 1 : number + 1...range.upperBound
            query = rest
        }
    }
}

/// What one reading of the log brought.
///
/// It is a class because the log's thread fills it.
private final class EventPage: Sendable {
    private let storage = Mutex<[LoggedLine]>([])

    var lines: [LoggedLine] { storage.withLock { $0 } }

    func append(_ line: LoggedLine) { storage.withLock { $0.append(line) } }
}
