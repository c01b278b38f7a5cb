public import Moments

/// The settings of a store, which apply to everyone who writes to it.
///
/// Each change is an event in the store's own stream.
public struct StoreSettings: Sendable, Hashable, Codable {
    /// Whether definitions are recorded without the secrets in them.
    public var stripsSecrets: Bool

    private enum CodingKeys: String, CodingKey {
        case stripsSecrets = "stripSecrets"
    }

    /// Creates settings, each with the value of a new store unless given.
    public init(stripsSecrets: Bool = false) { self.stripsSecrets = stripsSecrets }
}

extension StoreSettings {
    /// The value of a setting.
    public subscript(setting: SettingsChange.Setting) -> Bool {
        get {
            switch setting {
            case .stripSecrets: stripsSecrets
            }
        }
        set {
            switch setting {
            case .stripSecrets: stripsSecrets = newValue
            }
        }
    }

    /// Returns the changes that turn these settings into others; empty if they are the same.
    public func changes(to other: StoreSettings) -> [SettingsChange] {
        SettingsChange.Setting.allCases.compactMap { setting in
            self[setting] == other[setting]
                ? nil : SettingsChange(setting, from: self[setting], to: other[setting])
        }
    }

    /// Returns the settings after a change.
    ///
    /// - Throws: ``MomentlogError`` with `revision-conflict` if the setting's value differs from
    ///   the old value of the change.
    public func applying(_ change: SettingsChange) throws(MomentlogError) -> StoreSettings {
        guard self[change.setting] == change.old else {
            throw MomentlogError(
                .revisionConflict, "the store's setting \(change.setting.rawValue) has changed",
                hint: "try again")
        }
        var settings = self
        settings[change.setting] = change.new
        return settings
    }
}
