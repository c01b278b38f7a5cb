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
    /// The settings as the last events that changed them left them.
    ///
    /// What a store kept to before the first of them, no event says in stores of earlier schemas;
    /// their first events do not say which process appended them.
    static func fetch(_ database: Database) throws -> StoreSettings {
        var settings = StoreSettings()
        var unknown = Set(SettingsChange.Setting.allCases)
        let statement = try database.cachedStatement(
            sql: """
                SELECT line, sequence, domain, revision, kind FROM event
                WHERE domain = 0 ORDER BY revision DESC
                """)
        let row = StoredRow(UnsafeMutableRawPointer(statement.sqliteStatement))
        defer { row.reset() }
        while !unknown.isEmpty, try row.step() {
            let line = try CheckedRow(row, of: EventIndex.store).parsed
            guard case .settingsChanged(let change) = line.payload,
                unknown.remove(change.setting) != nil
            else { continue }
            settings[change.setting] = change.new
        }
        if unknown.contains(.stripSecrets) {
            settings.stripsSecrets = try initiallyStripsSecrets(database)
        }
        return settings
    }

    private static func initiallyStripsSecrets(_ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT initial_strips_secrets FROM store")
        guard try Bool.fetchOne(statement) == true else { return false }
        let isOfEarlierSchema = try CommitTable(database: database).line(1) { $0.recorder == nil }
        return isOfEarlierSchema ?? true
    }
}
