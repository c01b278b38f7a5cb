/// What a decision depends on beside the domain itself. All of it comes from outside,
/// so that a history can be repeated.
public struct DecisionContext: Sendable {
    /// The creation time of a checkpoint that is created, when images were observed, or the present
    /// for a `prune`, in seconds since 1970-01-01T00:00:00Z; not negative.
    public var creationTime: Int64

    /// What was seen of the domain's images, in which the data of checkpoints that are
    /// redefined or adopted has to be; nil to record them whatever became of it.
    public var images: ImageReport?

    /// The disks in the domain's definition, which a `create` needs; nil if the
    /// definition is not known.
    public var disks: [DomainDisk]?

    /// The definition that a checkpoint is created with in place of the domain's own, such
    /// as that one without its secrets; nil for the domain's own.
    public var definition: DefinitionDigest?

    /// The other live domain that has the name that a `define`, `rename`, `record` or `adopt`
    /// gives.
    public var nameHolder: NameHolder?

    /// The name that a `record` gives to a domain that is not live; nil for the domain's own.
    public var domainName: String?

    /// The domain as it was at the point in time that a `revert` names; nil if nothing had
    /// happened to it yet.
    public var past: Domain?

    /// The rules of local time, in which a `prune` counts hours, days, weeks, months and years.
    public var zone = ZoneRules.utc

    /// The revision that the domain is expected to be at; nil for any.
    public var expectedRevision: Int?

    /// Another domain that has a name already.
    public struct NameHolder: Sendable, Hashable {
        /// Its UUID, if known.
        public var uuid: DomainUUID?

        /// Makes a holder.
        public init(uuid: DomainUUID?) { self.uuid = uuid }
    }

    /// Puts a context together.
    public init(
        creationTime: Int64, disks: [DomainDisk]? = nil,
        definition: DefinitionDigest? = nil, nameHolder: NameHolder? = nil,
        images: ImageReport? = nil, expectedRevision: Int? = nil
    ) {
        self.images = images
        self.creationTime = creationTime
        self.disks = disks
        self.definition = definition
        self.nameHolder = nameHolder
        self.expectedRevision = expectedRevision
    }
}

extension DecisionContext {
    /// - Throws: ``MomentlogError`` with `revision-conflict` if another revision is expected.
    package func checkRevision(of domain: Domain) throws(MomentlogError) {
        if let expected = expectedRevision, expected != domain.revision {
            throw .revisionConflict(domain, expected: expected)
        }
    }
}
