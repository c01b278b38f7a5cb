public import Moments

/// The result of an export for one domain.
public struct ExportReport: Sendable, Hashable {
    /// The domain's name.
    public let domain: DomainReference
    /// The domain's UUID, if known.
    public let uuid: DomainUUID?
    /// The folder with its files.
    public let folder: String
    /// The number of checkpoints, one file each.
    public let checkpoints: Int
    /// The checkpoints' names in the order of `ORDER`.
    public let order: [CheckpointName]
    /// The domain's current checkpoint.
    public let current: CheckpointName?
    /// Whether a libvirt that redefines the checkpoints in the order of `ORDER` ends
    /// with the same current.
    public let keepsCurrent: Bool
    /// The checkpoints that a libvirt refuses to redefine, because their parent is missing or they
    /// are part of a cycle, and their descendants.
    public let refusedByLibvirt: [CheckpointName]
    /// The present path of the former export that was in ``folder``; nil if there was none.
    public let replaced: String?
}
