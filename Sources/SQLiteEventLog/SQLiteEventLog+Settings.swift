public import EventLog
import GRDB
public import Moments

extension SQLiteEventLog {
    /// The settings that the log's events have led to; see ``EventLog/settings()``.
    public func settings() async throws(MomentlogError) -> StoreSettings {
        try await read { try StoreSettings.fetch($0) } ?? StoreSettings()
    }
}

extension StoreSettings {
    static func fetch(_ database: Database) throws -> StoreSettings {
        let statement = try database.cachedStatement(sql: "SELECT strips_secrets FROM store")
        return StoreSettings(stripsSecrets: try Bool.fetchOne(statement) ?? false)
    }

    func store(_ database: Database) throws {
        try database.execute(
            sql: "UPDATE store SET strips_secrets = ?", arguments: [stripsSecrets])
    }
}
