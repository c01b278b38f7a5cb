/// The state of a domain in a libvirt, or a folder, at one moment.
public struct ObservedDomain: Sendable, Hashable {
    /// Its name there.
    public var name: String

    /// Its UUID; nil if nothing states it.
    public var uuid: DomainUUID?

    /// The definition that its next start takes, if it was read.
    public var definition: DefinitionDigest?

    /// Its checkpoints, disks as they are recorded, no two of one name.
    public var checkpoints: [Checkpoint]

    /// The current pointer, if it is stated there: an export does so, and a libvirt never.
    public var statedCurrent: StatedCurrent?

    /// A current pointer that is stated.
    public struct StatedCurrent: Sendable, Hashable {
        /// The current checkpoint; nil if none is.
        public var checkpoint: String?

        /// Creates a statement.
        public init(checkpoint: String?) { self.checkpoint = checkpoint }
    }

    /// Creates an observed domain.
    public init(
        name: String, uuid: DomainUUID? = nil, definition: DefinitionDigest? = nil,
        checkpoints: [Checkpoint] = []
    ) {
        self.name = name
        self.uuid = uuid
        self.definition = definition
        self.checkpoints = checkpoints
    }

    /// The graph of its checkpoints, without a current one.
    ///
    /// - Complexity: O(*n* log *n*) in the checkpoints.
    public var graph: MomentGraph {
        var graph = MomentGraph()
        for index in FamilyOrder(checkpoints).indices {
            try? graph.applyUnsettled(
                .checkpointRedefined(checkpoints[index], claimsCurrent: false))
        }
        graph.resolveCycles()
        return graph
    }
}

extension ObservedDomain {
    /// Returns the domain with other definitions.
    ///
    /// - Complexity: O(*n*) in the checkpoints.
    package func replacingDefinitions(
        _ digests: [DefinitionDigest: DefinitionDigest]
    ) -> ObservedDomain {
        var replaced = self
        replaced.definition = definition.map { digests[$0] ?? $0 }
        for index in checkpoints.indices {
            let digest = checkpoints[index].definition
            replaced.checkpoints[index].definition = digest.map { digests[$0] ?? $0 }
        }
        return replaced
    }
}
