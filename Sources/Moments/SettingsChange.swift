/// A change of a store's setting, with its values before and after.
public struct SettingsChange: Sendable, Hashable {
    /// The settings of a store.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Setting: String, Sendable, Hashable, CaseIterable {
        /// Whether definitions are recorded without the secrets in them.
        case stripSecrets = "strip-secrets"
    }

    /// The setting.
    public var setting: Setting
    /// Its value before the change.
    public var old: Bool
    /// Its value after the change.
    public var new: Bool

    /// Creates a change.
    public init(_ setting: Setting, from old: Bool, to new: Bool) {
        self.setting = setting
        self.old = old
        self.new = new
    }
}
