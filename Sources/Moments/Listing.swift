/// A selection of a graph's checkpoints, and their order.
///
/// Source: `virDomainListAllCheckpoints` and `virDomainCheckpointListAllChildren`
/// (<https://libvirt.org/html/libvirt-libvirt-domain-checkpoint.html>).
public struct Listing: Sendable, Hashable {
    /// The part of the graph to list.
    public enum Scope: Sendable, Hashable {
        /// The whole graph.
        case all
        /// Only checkpoints without a parent, those whose parent is missing, and of each cycle the
        /// one that is shown as a root.
        case roots
        /// Only the children of a checkpoint.
        case children(of: CheckpointName)
        /// Only the descendants of a checkpoint.
        case descendants(of: CheckpointName)
    }

    /// Which checkpoints in the scope, by whether they have children.
    public enum Leaves: Sendable, Hashable {
        case included
        /// Only checkpoints without children.
        case only
        /// Only checkpoints with children.
        case excluded
    }

    /// The order of the checkpoints.
    public enum Order: Sendable, Hashable {
        /// By creation time, then by name.
        case creation
        /// Each parent, then all its descendants; siblings by creation time.
        case topological
        /// By name.
        case name
    }

    /// The part of the graph to list.
    public var scope: Scope

    /// Whether to list checkpoints without children.
    public var leaves: Leaves

    /// The order of the checkpoints.
    public var order: Order

    /// Only checkpoints created at this time or later.
    public var since: CreationTime?

    /// Only checkpoints created before this time.
    public var before: CreationTime?

    /// Creates a listing; by default, all checkpoints by creation time.
    public init(
        _ scope: Scope = .all, leaves: Leaves = .included, order: Order = .creation,
        since: CreationTime? = nil, before: CreationTime? = nil
    ) {
        self.scope = scope
        self.leaves = leaves
        self.order = order
        self.since = since
        self.before = before
    }
}
