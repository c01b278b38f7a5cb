public import Moments

/// A domain's definition as it stands in a checkpoint: its bytes, and what of it the
/// store needs to know.
public struct DomainDefinition: Sendable, Hashable {
    /// From the `<` of `<domain` to the `>` of its end tag, in UTF-8, its lines as far
    /// to the right as in a checkpoint.
    public var bytes: [UInt8]

    /// The text of `/domain/name`, if it is there.
    public var name: String?

    /// The UUID in `/domain/uuid`, if there is a proper one.
    public var uuid: DomainUUID?

    /// The disks that have a target, in the definition's order.
    public var disks: [DomainDisk]

    /// Puts a definition together.
    public init(
        bytes: [UInt8], name: String? = nil, uuid: DomainUUID? = nil, disks: [DomainDisk] = []
    ) {
        self.bytes = bytes
        self.name = name
        self.uuid = uuid
        self.disks = disks
    }
}
