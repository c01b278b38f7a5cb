/// Which checkpoints of a domain are kept when it is pruned. What one rule keeps is kept.
///
/// The rules choose what restic 0.14's `forget` chooses for snapshots of the same times. For
/// example, the last of each of the seven newest days and of the four newest weeks that have
/// checkpoints:
///
/// ```swift
/// var retention = Retention()
/// retention.daily = 7
/// retention.weekly = 4
/// let choices = graph.choices(of: retention, now: 1_764_000_000, zone: .utc)
/// ```
///
/// Source: <https://restic.readthedocs.io/en/v0.14.0/060_forget.html>.
public struct Retention: Sendable, Hashable {
    /// How many of the newest are kept.
    public var last = 0
    /// Of how many hours that have checkpoints the newest is kept.
    public var hourly = 0
    /// Of how many days that have checkpoints the newest is kept.
    public var daily = 0
    /// Of how many weeks (ISO 8601) that have checkpoints the newest is kept.
    public var weekly = 0
    /// Of how many months that have checkpoints the newest is kept.
    public var monthly = 0
    /// Of how many years that have checkpoints the newest is kept.
    public var yearly = 0
    /// How long before the newest checkpoint the oldest was created that is kept; nil for no such
    /// rule. Checkpoints of the future do not count as the newest.
    public var within: RetentionAge?
    /// Names of checkpoints that are kept.
    public var names: Set<String> = []
    /// Whether the newest checkpoint whose bitmap was last seen valid on a disk is kept, for each
    /// disk: the base of the next incremental backup, as far as anybody knows. True by default.
    public var keepsLastValid = true

    /// Creates a retention without a rule.
    public init() {}

    /// Whether there is no rule.
    public var isEmpty: Bool {
        within == nil && names.isEmpty
            && [last, hourly, daily, weekly, monthly, yearly].allSatisfy { $0 <= 0 }
    }
}
