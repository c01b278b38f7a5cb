/// A request for a new checkpoint.
///
/// The caller does not choose parent and creation time: the parent is the current checkpoint, the
/// time is that of the command.
///
/// Source: <https://libvirt.org/formatcheckpoint.html>.
public struct CheckpointRequest: Sendable, Hashable {
    /// The name; nil for the creation time in seconds. See ``CheckpointName``.
    public var name: CheckpointName?

    /// The description; nil rather than empty.
    public var description: String?

    /// The disks, each by its target or the absolute path of its source; without a bitmap's name
    /// for the checkpoint's own. Disks that are not listed are excluded; empty for all writable
    /// disks.
    public var disks: [Disk]

    /// Creates a request; by default, a checkpoint of all disks, named by its time.
    public init(
        name: CheckpointName? = nil, description: String? = nil, disks: [Disk] = []
    ) {
        self.name = name
        self.description = description?.isEmpty == true ? nil : description
        self.disks = disks
    }
}
