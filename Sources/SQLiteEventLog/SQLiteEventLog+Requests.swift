public import EventLog
import GRDB
public import Moments

extension SQLiteEventLog {
    /// Returns the requests with these names that were carried out; see ``EventLog/requests(_:)``.
    public func requests(
        _ names: [String]
    ) async throws(MomentlogError) -> [RequestRecord] {
        try checkOpen()
        guard !names.isEmpty else { return [] }
        return try await read { database in
            try names.compactMap { try KeptAnswer.fetch($0, database)?.record(database) }
        } ?? []
    }
}

extension RequestRecord {
    func isNew(in database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM request WHERE name = ?")
        return try Int.fetchOne(statement, arguments: [name]) == nil
    }
}
