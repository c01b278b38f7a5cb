/// The inputs of a decision besides the domain. All of them are passed in, so that a history can be
/// repeated.
public struct DecisionContext: Sendable {
    /// The creation time of a new checkpoint, the time of an observation, or the present for a
    /// `prune`; not before 1970.
    public var creationTime: CreationTime

    /// The present; nil if it is not known. Images cannot have been inspected later.
    public var now: CreationTime?

    /// The inspected images of the domain, which have to hold the data of checkpoints that are
    /// redefined or adopted; nil to record them without validation.
    public var images: ImageReport?

    /// The disks in the domain's definition, which a `create` needs; nil if the
    /// definition is not known.
    public var disks: [DomainDisk]?

    /// The definition that a new checkpoint gets instead of the domain's own, such as one without
    /// secrets; nil for the domain's own.
    public var definition: DefinitionDigest?

    /// The other live domain that has the name that a `define`, `rename`, `record` or `adopt`
    /// gives.
    public var nameHolder: NameHolder?

    /// The name that a `record` gives to a domain that is not live; nil for the domain's own.
    public var domainName: String?

    /// The domain at the point in time that a `revert` names; nil if it had no events yet.
    public var past: Domain?

    /// The rules of the local time zone, in which a `prune` counts hours, days, weeks, months and
    /// years.
    public var zone = ZoneRules.utc

    /// The revision that the domain is expected to have; nil for any.
    public var expectedRevision: Int?

    /// Another domain that has a name already.
    public struct NameHolder: Sendable, Hashable {
        /// Its UUID, if known.
        public var uuid: DomainUUID?

        /// Creates a holder.
        public init(uuid: DomainUUID?) { self.uuid = uuid }
    }

    /// Creates a context.
    public init(
        creationTime: CreationTime, disks: [DomainDisk]? = nil,
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
