/// What a store is told once and keeps.
public struct StoreSettings: Sendable, Hashable {
    /// Whether definitions are recorded without the secrets in them, whoever brings them.
    public var stripsSecrets: Bool

    /// Makes settings, each as it is in a new store unless given.
    public init(stripsSecrets: Bool = false) { self.stripsSecrets = stripsSecrets }
}
