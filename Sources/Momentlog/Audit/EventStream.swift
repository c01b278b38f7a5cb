public import EventLog
public import Moments

/// Events of the log in order, followed by those that any process appends later. It ends with its
/// task.
public struct EventStream: AsyncSequence, Sendable {
    let log: any EventLog
    let selection: EventSelection?
    let interval: Duration

    /// Begins reading.
    public func makeAsyncIterator() -> Iterator {
        Iterator(log: log, selection: selection, interval: interval)
    }

    /// The position of one reader in the stream.
    public struct Iterator: AsyncIteratorProtocol {
        private let log: any EventLog
        private var selection: EventSelection?
        private let interval: Duration
        private var events: EventSequence.Iterator?
        /// The last sequence that was checked.
        private var seen = 0

        init(log: any EventLog, selection: EventSelection?, interval: Duration) {
            self.log = log
            self.selection = selection
            self.interval = interval
            seen = (selection?.query.sequences.lowerBound ?? 1) - 1
        }

        /// The next event, when there is one; nil when the task was cancelled, or the limit
        /// is reached.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(MomentlogError) -> LoggedLine? {
            while selection != nil, selection?.limit ?? 1 > 0, !Task.isCancelled {
                if let line = try await events?.next(isolation: actor) {
                    if let limit = selection?.limit { selection?.limit = limit - 1 }
                    return line
                }
                let size = try await log.size()
                guard size > seen, var rest = selection else {
                    guard (try? await Task.sleep(for: interval)) != nil else { return nil }
                    continue
                }
                rest.query.sequences = seen + 1...size
                seen = size
                events = EventSequence(log: log, selection: rest).makeAsyncIterator()
            }
            return nil
        }
    }
}
