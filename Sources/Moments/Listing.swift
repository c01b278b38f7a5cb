/// Which checkpoints of a graph are asked for, and in which order.
///
/// Source: `virDomainListAllCheckpoints` and `virDomainCheckpointListAllChildren`
/// (<https://libvirt.org/html/libvirt-libvirt-domain-checkpoint.html>).
public struct Listing: Sendable, Hashable {
    /// Where to look.
    public enum Scope: Sendable, Hashable {
        /// Everywhere.
        case all
        /// Only checkpoints without a parent, those whose parent is not there, and
        /// of each cycle the one that is shown as a root.
        case roots
        /// Only the children of a checkpoint.
        case children(of: String)
        /// Only what is below a checkpoint.
        case descendants(of: String)
    }

    /// Which checkpoints in the scope, by whether they have children.
    public enum Leaves: Sendable, Hashable {
        case included
        /// Only checkpoints without children.
        case only
        /// Only checkpoints with children.
        case excluded
    }

    /// How the checkpoints follow each other.
    public enum Order: Sendable, Hashable {
        /// By creation time, then by name.
        case creation
        /// Each parent, then all below it; siblings in the order of creation.
        case topological
        /// By name.
        case name
    }

    /// Where to look.
    public var scope: Scope

    /// Whether checkpoints without children are wanted.
    public var leaves: Leaves

    /// How the checkpoints follow each other.
    public var order: Order

    /// Only checkpoints created at this time or later, in seconds since 1970-01-01T00:00:00Z.
    public var since: Int64?

    /// Only checkpoints created before this time, in seconds since 1970-01-01T00:00:00Z.
    public var before: Int64?

    /// Makes a listing: all checkpoints in the order of their creation, unless
    /// told otherwise.
    public init(
        _ scope: Scope = .all, leaves: Leaves = .included, order: Order = .creation,
        since: Int64? = nil, before: Int64? = nil
    ) {
        self.scope = scope
        self.leaves = leaves
        self.order = order
        self.since = since
        self.before = before
    }
}
