public import EventLog
public import Moments
public import SQLiteEventLog

/// Events of the log in their order, and those that are appended later, by whomever, as they
/// come. It ends with its task.
public struct EventStream: AsyncSequence, Sendable {
    let log: any EventLog
    let query: EventQuery?
    let interval: Duration

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator {
        Iterator(log: log, query: query, interval: interval)
    }

    /// The place of one reader in the stream.
    public struct Iterator: AsyncIteratorProtocol {
        private let log: any EventLog
        private var query: EventQuery?
        private let interval: Duration
        private var events: EventSequence.Iterator?
        /// How much of the log was looked at.
        private var seen = 0

        init(log: any EventLog, query: EventQuery?, interval: Duration) {
            self.log = log
            self.query = query
            self.interval = interval
            seen = (query?.sequences.lowerBound ?? 1) - 1
        }

        /// The next event, when there is one; nil when the task was cancelled, or the limit
        /// is reached.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(MomentlogError) -> LoggedLine? {
            while query != nil, query?.limit != 0, !Task.isCancelled {
                if let line = try await events?.next(isolation: actor) {
                    if let limit = query?.limit { query?.limit = limit - 1 }
                    return line
                }
                let size = try await log.size()
                guard size > seen, var rest = query else {
                    guard (try? await Task.sleep(for: interval)) != nil else { return nil }
                    continue
                }
                rest.sequences = seen + 1...size
                seen = size
                events = EventSequence(log: log, query: rest).makeAsyncIterator()
            }
            return nil
        }
    }
}
