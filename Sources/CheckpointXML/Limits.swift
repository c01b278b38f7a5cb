public import Moments

/// How much a document may hold.
public struct Limits: Sendable, Hashable {
    /// The most bytes of a document: 1 MiB by default, because libvirt silently
    /// skips larger files at its next start.
    public var bytes: Int

    /// The deepest nesting of elements, the root being 1.
    public var depth: Int

    /// The most disks of a checkpoint.
    public var disks: Int

    /// The most bytes of a checkpoint's name, at most
    /// ``Moments/CheckpointName/maximumLength``.
    public var nameBytes: Int

    /// Makes limits, each as it is by default unless given.
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
