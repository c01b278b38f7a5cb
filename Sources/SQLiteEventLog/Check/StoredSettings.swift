import EventLog
import Moments

/// Settings as the store's own events so far tell them.
struct StoredSettings {
    /// The values before the first change of each.
    private(set) var first: [SettingsChange.Setting: Bool] = [:]
    /// The values after the last change of each.
    private(set) var last: [SettingsChange.Setting: Bool] = [:]
    /// The first event that begins with another value than the one before ended with.
    private(set) var contradiction: (sequence: Int, change: SettingsChange)?

    mutating func add(_ change: SettingsChange, sequence: Int) {
        if let before = last[change.setting], before != change.old, contradiction == nil {
            contradiction = (sequence, change)
        }
        first[change.setting] = first[change.setting] ?? change.old
        last[change.setting] = change.new
    }
}
