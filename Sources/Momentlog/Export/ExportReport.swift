public import Moments

/// What an export wrote for one domain.
public struct ExportReport: Sendable, Hashable {
    /// The domain's name.
    public let domain: String
    /// The domain's UUID, if known.
    public let uuid: DomainUUID?
    /// The folder with its files.
    public let folder: String
    /// How many checkpoints were written, a file each.
    public let checkpoints: Int
    /// The checkpoints' names in the order of `ORDER`.
    public let order: [String]
    /// The domain's current checkpoint.
    public let current: String?
    /// Whether a libvirt that redefines the checkpoints in the order of `ORDER` ends
    /// with the same current.
    public let keepsCurrent: Bool
    /// The checkpoints that a libvirt refuses to redefine, because their parent is not
    /// there or they are part of a cycle, or because they are below such a one.
    public let refusedByLibvirt: [String]
    /// Where the former export is now that was in ``folder``; nil if there was none.
    public let replaced: String?
}
