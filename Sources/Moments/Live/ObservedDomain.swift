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
        public var checkpoint: CheckpointName?

        /// Creates a statement.
        public init(checkpoint: CheckpointName?) { self.checkpoint = checkpoint }
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
    /// Removes the checkpoints that were pruned in the record alone, as a deletion would: their
    /// children get their parents.
    ///
    /// - Returns: The names of the removed ones, in their order.
    /// - Complexity: O(*n*) in the checkpoints.
    mutating func removePruned(
        _ pruned: Set<DomainObservation.ObservedCheckpoint>, recorded: MomentGraph
    ) -> [CheckpointName] {
        guard !pruned.isEmpty else { return [] }
        let removed = checkpoints.filter { checkpoint in
            // It may have been recorded again since.
            pruned.contains(DomainObservation.ObservedCheckpoint(checkpoint))
                && recorded.checkpoint(named: checkpoint.name)?.creationTime
                    != checkpoint.creationTime
        }
        // One that is missing has left its children behind, as the file of a checkpoint does that
        // was removed: in the record they moved when it was pruned.
        let names = Set(checkpoints.map(\.name))
        let missing = Set(pruned.map(\.name)).subtracting(names)
        for index in checkpoints.indices {
            guard let parent = checkpoints[index].parent, missing.contains(parent) else { continue }
            checkpoints[index].parent = recorded.parentName(of: checkpoints[index].name)
        }
        guard !removed.isEmpty else { return [] }
        var parents = Dictionary(removed.map { ($0.name, $0.parent) }) { first, _ in first }
        checkpoints.removeAll { parents.keys.contains($0.name) }
        for index in checkpoints.indices {
            guard let parent = checkpoints[index].parent, parents.keys.contains(parent) else {
                continue
            }
            var passed: Set<CheckpointName> = []
            var ancestor: CheckpointName? = parent
            while let name = ancestor, let next = parents[name], passed.insert(name).inserted {
                ancestor = next
            }
            // A cycle of them leads nowhere.
            if let name = ancestor, parents.keys.contains(name) { ancestor = nil }
            // So that a long chain of them is followed once.
            for name in passed { parents[name] = ancestor }
            checkpoints[index].parent = ancestor
        }
        return removed.map(\.name)
    }

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
