/// A setting of a store that changed, with its values before and after.
public struct SettingsChange: Sendable, Hashable {
    /// The settings that a store has.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Setting: String, Sendable, Hashable, CaseIterable {
        /// Whether definitions are recorded without the secrets in them.
        case stripSecrets = "strip-secrets"
    }

    /// Which setting.
    public var setting: Setting
    /// Its value before.
    public var old: Bool
    /// Its value from then on.
    public var new: Bool

    /// Creates a change.
    public init(_ setting: Setting, from old: Bool, to new: Bool) {
        self.setting = setting
        self.old = old
        self.new = new
    }
}
