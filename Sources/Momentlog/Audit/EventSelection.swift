import EventLog
import Moments

/// A filter as a query of the log, with the conditions that the log cannot evaluate.
struct EventSelection: Sendable {
    var query: EventQuery
    /// Nil if there are none.
    var conditions: EventConditions?
    /// The maximum number of events.
    var limit: Int?
}

extension CheckpointStore {
    /// Returns the selection of a filter; nil if nothing can match.
    ///
    /// - Parameter goesOn: Whether later events are requested, too.
    func selection(
        _ filter: EventFilter, goesOn: Bool = false
    ) async throws(MomentlogError) -> EventSelection? {
        let conditions = try EventConditions(filter)
        guard let query = try await query(filter) else { return nil }
        var selection = EventSelection(
            query: query, conditions: conditions.isEmpty ? nil : conditions, limit: filter.limit)
        guard let newest = filter.newest else { return selection }
        guard !filter.isReversed else {
            selection.limit = min(newest, filter.limit ?? .max)
            return selection
        }
        let end = try await log.size()
        var begin: Int?
        var backwards = selection
        backwards.query.isReversed = true
        backwards.limit = newest
        // Events that are appended in the meantime are not counted.
        guard let lower = backwards.query.sequences.part(upTo: end) else {
            return goesOn ? selection : nil
        }
        backwards.query.sequences = lower
        for try await line in EventSequence(log: log, selection: backwards) {
            begin = try line.event().sequence
        }
        let upper = goesOn ? selection.query.sequences.upperBound : min(lower.upperBound, end)
        guard let begin, begin <= upper else {
            return goesOn ? selection.beginning(after: end) : nil
        }
        selection.query.sequences = begin...upper
        return selection
    }
}

extension EventSelection {
    fileprivate func beginning(after end: Int) -> EventSelection? {
        var selection = self
        guard selection.query.sequences.upperBound > end else { return nil }
        let lower = max(end + 1, selection.query.sequences.lowerBound)
        selection.query.sequences = lower...selection.query.sequences.upperBound
        return selection
    }
}

extension ClosedRange<Int> {
    /// Returns the part up to a bound; nil if there is none.
    fileprivate func part(upTo bound: Int) -> ClosedRange<Int>? {
        lowerBound <= bound ? lowerBound...Swift.min(upperBound, bound) : nil
    }
}
