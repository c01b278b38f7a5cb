public import EventLog
import GRDB
public import Moments

extension SQLiteEventLog {
    /// Returns the settings that result from the log's events; see ``EventLog/settings()``.
    public func settings() async throws(MomentlogError) -> StoreSettings {
        try await read { try StoreSettings.fetch($0) } ?? StoreSettings()
    }
}

extension StoreSettings {
    /// Reads the settings from the last events that changed them.
    ///
    /// In stores of earlier schemas no event states the settings before the first change; their
    /// first events do not state which process appended them.
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
