public import Moments

/// The maximum sizes of a document.
public struct Limits: Sendable, Hashable {
    /// The maximum size of a document in bytes: 1 MiB by default, because libvirt silently skips
    /// larger files at its next start.
    public var bytes: Int

    /// The maximum nesting depth of elements, the root being 1.
    public var depth: Int

    /// The maximum number of disks of a checkpoint.
    public var disks: Int

    /// The maximum length of a checkpoint's name in bytes, at most
    /// ``Moments/CheckpointName/maximumLength``.
    public var nameBytes: Int

    /// Creates limits, each with its default unless given.
    public init(
        bytes: Int = 1 << 20, depth: Int = 128, disks: Int = 65_535,
        nameBytes: Int = CheckpointName.maximumLength
    ) {
        self.bytes = bytes
        self.depth = depth
        self.disks = disks
        self.nameBytes = min(nameBytes, CheckpointName.maximumLength)
    }
}
