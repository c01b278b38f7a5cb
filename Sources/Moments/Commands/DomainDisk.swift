/// A disk in a domain's definition, as far as checkpoints depend on it.
///
/// Source: `devices/disk` in <https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms>.
public struct DomainDisk: Sendable, Hashable {
    /// The target, the name of the disk in the guest, such as `vda`.
    public var target: String

    /// The medium: a path, a block device, or a network disk's name; nil if there is none or it has
    /// no such name.
    public var source: String?

    /// The image's format, such as `qcow2`. A definition that names none means `raw`.
    public var format: String

    /// Whether the guest can only read it: it is marked so, or is a CD.
    public var isReadOnly: Bool

    /// Whether the drive holds no medium.
    public var isEmpty: Bool

    /// The kind of storage that ``source`` names.
    public var storage: Storage

    /// The offset of the image in its file, in bytes, for a disk on a slice of a file. Else nil.
    public var offset: Int64?

    /// Whether the guest's writes are discarded when it stops.
    public var isTransient: Bool

    /// The hosts or sockets of a network disk's servers, as the definition names them.
    public var servers: [String]

    /// The kinds of storage that a disk can be on.
    public enum Storage: Sendable, Hashable {
        /// A file, a block device or a folder: the source is a path.
        case path
        /// A network disk of this protocol, such as `nbd`: the source is its name there.
        case network(protocol: String)
        /// A volume of a storage pool, whose path only the hypervisor's host knows.
        case volume(pool: String, name: String)
        /// Storage without a name, such as a vhost-user socket.
        case other(String)
    }

    /// Creates a disk.
    public init(
        target: String, source: String? = nil, format: String = "raw",
        isReadOnly: Bool = false, isEmpty: Bool = false, storage: Storage = .path,
        offset: Int64? = nil, isTransient: Bool = false, servers: [String] = []
    ) {
        self.target = target
        self.source = source
        self.format = format
        self.isReadOnly = isReadOnly
        self.isEmpty = isEmpty
        self.storage = storage
        self.offset = offset
        self.isTransient = isTransient
        self.servers = servers
    }

    /// Whether ``source`` is a path.
    public var isPath: Bool { storage == .path }

    /// Whether a checkpoint can cover it.
    public var isWritable: Bool { !isReadOnly && !isEmpty }
}
