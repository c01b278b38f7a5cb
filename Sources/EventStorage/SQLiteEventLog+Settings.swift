import GRDB
public import Moments

extension SQLiteEventLog {
    /// What the store was told to keep to; see ``EventLog/settings()``.
    public func settings() async throws(MomentlogError) -> StoreSettings {
        try await read { try StoreSettings.fetch($0) } ?? StoreSettings()
    }

    /// Tells the store what to keep to; see ``EventLog/set(_:)``.
    public func set(_ settings: StoreSettings) async throws(MomentlogError) {
        try await openedWriter().change { try settings.store($0) }
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
