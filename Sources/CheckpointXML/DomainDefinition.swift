public import Moments

/// A domain's definition in the form of a checkpoint: its bytes, and the parts that the store
/// needs.
public struct DomainDefinition: Sendable, Hashable {
    /// From the `<` of `<domain` to the `>` of its end tag, in UTF-8, with its lines indented as in
    /// a checkpoint.
    public var bytes: [UInt8]

    /// The text of `/domain/name`, if it exists.
    public var name: String?

    /// The UUID in `/domain/uuid`, if it is valid.
    public var uuid: DomainUUID?

    /// The disks that have a target, in the definition's order.
    public var disks: [DomainDisk]

    /// Creates a definition.
    public init(
        bytes: [UInt8], name: String? = nil, uuid: DomainUUID? = nil, disks: [DomainDisk] = []
    ) {
        self.bytes = bytes
        self.name = name
        self.uuid = uuid
        self.disks = disks
    }
}
