import EventLog
import GRDB
public import Moments

extension SQLiteEventLog {
    /// The last observation of a domain; see ``EventLog/observation(of:)``.
    public func observation(
        of domain: DomainUUID
    ) async throws(MomentlogError) -> DomainObservation? {
        try checkOpen()
        let found = try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT \(StoredObservation.columns) FROM observation WHERE uuid = ?")
            let row = try Row.fetchOne(statement, arguments: [domain.description])
            return row.flatMap { StoredObservation($0) }?.observation
        }
        return found.flatMap(\.self)
    }

    /// The last observations of all domains; see ``EventLog/observations()``.
    public func observations() async throws(MomentlogError) -> [DomainUUID: DomainObservation] {
        try checkOpen()
        return try await read { database in
            var found: [DomainUUID: DomainObservation] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT \(StoredObservation.columns) FROM observation")
            while let row = try rows.next() {
                guard let stored = StoredObservation(row), let domain = stored.domain else {
                    continue
                }
                found[domain] = stored.observation
            }
            return found
        } ?? [:]
    }

    /// Stores observations; see ``EventLog/store(_:)``.
    public func store(
        _ observations: [DomainUUID: DomainObservation]
    ) async throws(MomentlogError) {
        try checkOpen()
        guard !observations.isEmpty else { return }
        try await openedWriter().change { database in
            for (domain, observation) in observations {
                try StoredObservation.store(observation, of: domain, in: database)
            }
        }
    }
}
