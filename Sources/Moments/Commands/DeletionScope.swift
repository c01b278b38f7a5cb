/// How far a deletion goes.
///
/// Source: `virDomainCheckpointDelete`
/// (<https://libvirt.org/html/libvirt-libvirt-domain-checkpoint.html>).
public enum DeletionScope: String, Sendable, Hashable, CaseIterable {
    /// Only the checkpoint; its children move to its parent.
    case checkpoint
    /// The checkpoint and all below it.
    case children
    /// All below the checkpoint, but not itself.
    case childrenOnly = "children-only"
}
