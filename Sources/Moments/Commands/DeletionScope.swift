/// The extent of a deletion.
///
/// Source: `virDomainCheckpointDelete`
/// (<https://libvirt.org/html/libvirt-libvirt-domain-checkpoint.html>).
public enum DeletionScope: String, Sendable, Hashable, CaseIterable {
    /// Only the checkpoint; its children move to its parent.
    case checkpoint
    /// The checkpoint and all its descendants.
    case children
    /// All descendants of the checkpoint, but not itself.
    case childrenOnly = "children-only"
}
