/// The metadata of one checkpoint, supplied from outside.
public struct Redefinition: Sendable, Hashable {
    /// The metadata; its disks as the document names them.
    public var checkpoint: Checkpoint

    /// The UUID in the definition that the document holds, if there is one.
    public var domainUUID: DomainUUID?

    /// The domain's name in the definition that the document holds, if there is one.
    public var domainName: String?

    /// The disks in the definition that the document holds; ignored if it holds none.
    public var domainDisks: [DomainDisk]

    /// Whether the document states that the checkpoint is the current one, or is not, as early
    /// versions of libvirt did; nil if it states nothing.
    public var claimsCurrent: Bool?

    /// Creates a redefinition.
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
