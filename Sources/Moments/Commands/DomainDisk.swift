/// A disk as a domain's definition describes it, as far as checkpoints depend on it.
///
/// Source: `devices/disk` in <https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms>.
public struct DomainDisk: Sendable, Hashable {
    /// The name that the guest's disk goes by, such as `vda`.
    public var target: String

    /// What is in the drive: a path, a block device, or a network disk's name; nil if
    /// there is none or it has no such name.
    public var source: String?

    /// The image's format, such as `qcow2`. A definition that names none means `raw`.
    public var format: String

    /// Whether the guest can only read it: said so, or a CD.
    public var isReadOnly: Bool

    /// Whether the drive holds no medium.
    public var isEmpty: Bool

    /// Makes a disk.
    public init(
        target: String, source: String? = nil, format: String = "raw",
        isReadOnly: Bool = false, isEmpty: Bool = false
    ) {
        self.target = target
        self.source = source
        self.format = format
        self.isReadOnly = isReadOnly
        self.isEmpty = isEmpty
    }

    /// Whether a checkpoint can cover it.
    public var isWritable: Bool { !isReadOnly && !isEmpty }
}
