import EventLog
import Moments
import SQLiteEventLog

extension CheckpointStore {
    /// Returns warnings about domains whose last events have times that the clock has not reached.
    ///
    /// - Parameters:
    ///   - domains: The domains, with the names that findings give them.
    ///   - isWhole: Whether these are all, so that the log's last event counts as well.
    ///   - sequence: The last event that counts; nil for the log's last.
    ///   - now: The time that the clock shows.
    /// - Complexity: O(log *n*) in the log if no commit has such a time, as is usual; else that
    ///   for each domain.
    func clockFindings(
        _ domains: [(id: DomainEntry.ID, domain: DomainReference)], isWhole: Bool,
        through sequence: Int? = nil, now: Timestamp
    ) async throws(MomentlogError) -> [Finding] {
        let end = try await log.position(at: sequence.map { .sequence($0) } ?? .now)
        // Times follow the order of the events.
        guard let time = end.time, time > now else { return [] }
        var findings: [Finding] = []
        for (id, domain) in domains {
            guard let last = try await lastEvent(of: id, through: end.sequence) else { continue }
            if let finding = Finding.clockAhead(last, domain: domain, now: now) {
                findings.append(finding)
            }
        }
        // It belonged to the store, or to a domain that was undefined.
        if isWhole, findings.isEmpty, let last = try await lastEvent(through: end.sequence),
            let finding = Finding.clockAhead(last, domain: nil, now: now)
        {
            findings.append(finding)
        }
        return findings
    }

    private func lastEvent(
        of domain: DomainEntry.ID? = nil, through sequence: Int
    ) async throws(MomentlogError) -> RecordedEvent? {
        let query = EventQuery(
            domain: domain, sequences: 1...max(1, sequence), isReversed: true)
        var found: RecordedEvent?
        let last = EventSelection(query: query, limit: 1)
        for try await line in EventSequence(log: log, selection: last) {
            found = try line.event()
        }
        return found
    }
}
