/// The metadata of one checkpoint as it is given from outside.
public struct Redefinition: Sendable, Hashable {
    /// The metadata; its disks as the document names them.
    public var checkpoint: Checkpoint

    /// The UUID in the definition that the document holds, if there is one.
    public var domainUUID: DomainUUID?

    /// The domain's name in the definition that the document holds, if there is one.
    public var domainName: String?

    /// The disks in the definition that the document holds. Not looked at if it holds
    /// none.
    public var domainDisks: [DomainDisk]

    /// Whether the document says that the checkpoint is the current one, or is not, as
    /// early libvirt's did; nil if it says nothing.
    public var claimsCurrent: Bool?

    /// Makes a redefinition.
    public init(
        _ checkpoint: Checkpoint, domainUUID: DomainUUID? = nil, domainName: String? = nil,
        domainDisks: [DomainDisk] = [], claimsCurrent: Bool? = nil
    ) {
        self.checkpoint = checkpoint
        self.domainUUID = domainUUID
        self.domainName = domainName
        self.domainDisks = domainDisks
        self.claimsCurrent = claimsCurrent
    }
}
