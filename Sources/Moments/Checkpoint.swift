/// The metadata of one checkpoint of a guest's disks.
///
/// Source: <https://libvirt.org/formatcheckpoint.html>.
public struct Checkpoint: Sendable, Hashable {
    /// The name, unique in its domain; see ``CheckpointName``.
    public var name: CheckpointName

    /// The description that its creator gave it; nil rather than empty.
    public var description: String?

    /// The name of the checkpoint that was current when this one was created, or nil for a root. It
    /// states chronology only: no data depends on it.
    public var parent: CheckpointName?

    /// The creation time.
    public var creationTime: CreationTime

    /// The disks that it names, in the document's order.
    public var disks: [Disk]

    /// The digest of the domain's definition at that time, or nil if the checkpoint does not hold
    /// one.
    public var definition: DefinitionDigest?

    /// Creates a checkpoint's metadata.
    ///
    /// An empty description is stored as nil, as in libvirt.
    public init(
        name: CheckpointName,
        description: String? = nil,
        parent: CheckpointName? = nil,
        creationTime: CreationTime,
        disks: [Disk] = [],
        definition: DefinitionDigest? = nil
    ) {
        self.name = name
        self.description = description?.isEmpty == true ? nil : description
        self.parent = parent
        self.creationTime = creationTime
        self.disks = disks
        self.definition = definition
    }

    /// Compares byte by byte: Swift treats texts as equal that differ only in their Unicode form.
    public static func == (left: Checkpoint, right: Checkpoint) -> Bool {
        left.name == right.name
            && left.description.hasSameBytes(as: right.description)
            && left.parent == right.parent
            && left.creationTime == right.creationTime && left.disks == right.disks
            && left.definition == right.definition
    }
}

extension Checkpoint {
    /// The bitmap that holds the checkpoint's data on a disk; nil if none does.
    func bitmap(on disk: String) -> String? {
        disks.first { $0.mode == .bitmap && $0.name.hasSameBytes(as: disk) }
            .map { $0.bitmap ?? name.text }
    }
}
