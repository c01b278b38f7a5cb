/// The rules by which checkpoints are kept when a domain is pruned. A checkpoint stays if any rule
/// keeps it.
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
    /// The number of newest checkpoints to keep.
    public var last = 0
    /// The number of hours with checkpoints of which to keep the newest.
    public var hourly = 0
    /// The number of days with checkpoints of which to keep the newest.
    public var daily = 0
    /// The number of weeks (ISO 8601) with checkpoints of which to keep the newest.
    public var weekly = 0
    /// The number of months with checkpoints of which to keep the newest.
    public var monthly = 0
    /// The number of years with checkpoints of which to keep the newest.
    public var yearly = 0
    /// The age up to which checkpoints are kept, counted from the newest; nil for no such rule.
    /// Checkpoints of the future do not count as the newest.
    public var within: RetentionAge?
    /// The names of checkpoints to keep.
    public var names: Set<CheckpointName> = []
    /// Whether to keep the newest checkpoint whose bitmap was last seen valid on a disk, for each
    /// disk: the known base of the next incremental backup. True by default.
    public var keepsLastValid = true

    /// Creates a retention without a rule.
    public init() {}

    /// Whether it has no rule.
    public var isEmpty: Bool { names.isEmpty && isNamesAlone }

    /// Whether it has no rule but names.
    var isNamesAlone: Bool {
        within == nil && [last, hourly, daily, weekly, monthly, yearly].allSatisfy { $0 <= 0 }
    }
}
