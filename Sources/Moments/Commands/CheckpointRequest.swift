/// What somebody who wants a new checkpoint says of it.
///
/// Parent and creation time are not his to say: the one is the current checkpoint,
/// the other the time of the command.
///
/// Source: <https://libvirt.org/formatcheckpoint.html>.
public struct CheckpointRequest: Sendable, Hashable {
    /// The name; nil for the creation time in seconds. See ``CheckpointName``.
    public var name: String?

    /// What its maker writes about it; nil rather than empty.
    public var description: String?

    /// The disks, each by its target or the absolute path of its source, and without
    /// a bitmap's name for the checkpoint's own. Those left out have no part; empty
    /// for all disks that can be written.
    public var disks: [Disk]

    /// Makes a request: a checkpoint of all disks, named by its time, unless told
    /// otherwise.
    public init(name: String? = nil, description: String? = nil, disks: [Disk] = []) {
        self.name = name
        self.description = description?.isEmpty == true ? nil : description
        self.disks = disks
    }
}
