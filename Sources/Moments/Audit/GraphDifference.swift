/// The difference of a domain between two points in time.
public struct GraphDifference: Sendable, Hashable {
    /// A value before and after a change.
    public struct Change<Value: Sendable & Hashable>: Sendable, Hashable {
        /// The value before.
        public let from: Value
        /// The value after.
        public let to: Value
    }

    /// A checkpoint that exists at both points with different metadata.
    public struct Replacement: Sendable, Hashable {
        /// Its metadata before.
        public let before: Checkpoint
        /// Its metadata after.
        public let after: Checkpoint

        /// Its parent, if it changed.
        public var parent: Change<CheckpointName?>? {
            before.parent == after.parent
                ? nil : Change(from: before.parent, to: after.parent)
        }

        /// Its description, if it changed.
        public var description: Change<String?>? {
            before.description.hasSameBytes(as: after.description)
                ? nil : Change(from: before.description, to: after.description)
        }

        /// Its creation time, if it changed.
        public var creationTime: Change<CreationTime>? {
            before.creationTime == after.creationTime
                ? nil : Change(from: before.creationTime, to: after.creationTime)
        }

        /// Its disks, if they changed.
        public var disks: Change<[Disk]>? {
            before.disks == after.disks ? nil : Change(from: before.disks, to: after.disks)
        }

        /// The definition of the domain in it, if it changed.
        public var definition: Change<DefinitionDigest?>? {
            before.definition == after.definition
                ? nil : Change(from: before.definition, to: after.definition)
        }
    }

    /// The domain's name, if it changed.
    public let name: Change<String>?
    /// The domain's UUID, if it changed or became known.
    public let uuid: Change<DomainUUID?>?
    /// The domain's definition, if it changed.
    public let definition: Change<DefinitionDigest?>?
    /// Whether the domain exists, if that changed.
    public let isLive: Change<Bool>?
    /// The checkpoints that were added, by creation time.
    public let added: [Checkpoint]
    /// The checkpoints that were removed, by creation time.
    public let removed: [Checkpoint]
    /// The checkpoints whose metadata changed, by creation time.
    public let replaced: [Replacement]
    /// The changed verdicts on checkpoints' data, by creation time, except those of removed
    /// checkpoints.
    public let verdicts: [VerdictChange]
    /// The checkpoints that claim to be current against each other, if they changed.
    public let claims: Change<[CheckpointName]>?
    /// The current checkpoint, if it changed.
    public let current: Change<CheckpointName?>?

    /// Whether nothing changed.
    public var isEmpty: Bool {
        name == nil && uuid == nil && definition == nil && isLive == nil && added.isEmpty
            && removed.isEmpty && replaced.isEmpty && verdicts.isEmpty && claims == nil
            && current == nil
    }

    /// Compares two states of a domain. A state in which nothing was known yet has no name, UUID or
    /// definition to compare.
    ///
    /// - Complexity: O(*n* log *n*) in the checkpoints that differ, O(*n*) in the others.
    public init(from before: Domain, to after: Domain) {
        let (old, new) = (before.graph, after.graph)
        let isNew = before.revision == 0
        name =
            isNew || before.name.hasSameBytes(as: after.name)
            ? nil : Change(from: before.name, to: after.name)
        uuid = before.uuid == after.uuid ? nil : Change(from: before.uuid, to: after.uuid)
        definition =
            before.definition == after.definition
            ? nil : Change(from: before.definition, to: after.definition)
        isLive =
            before.isLive == after.isLive ? nil : Change(from: before.isLive, to: after.isLive)
        added = Self.inOrder(new.checkpoints { !old.contains($0) })
        removed = Self.inOrder(old.checkpoints { !new.contains($0) })
        let kept = new.checkpoints { old.contains($0) }
        replaced = Self.inOrder(
            kept.filter { old.checkpoint(named: $0.name) != $0 }
        ).compactMap { after in
            old.checkpoint(named: after.name).map { Replacement(before: $0, after: after) }
        }
        let judged = new.checkpoints { old.health(of: $0) != new.health(of: $0) }
        verdicts = Self.inOrder(judged).flatMap {
            VerdictChange.changes(
                of: $0.name, from: old.health(of: $0.name), to: new.health(of: $0.name))
        }
        claims =
            old.currentClaims == new.currentClaims
            ? nil : Change(from: old.currentClaims, to: new.currentClaims)
        current =
            old.current == new.current
            ? nil : Change(from: old.current, to: new.current)
    }

    private static func inOrder(_ checkpoints: [Checkpoint]) -> [Checkpoint] {
        checkpoints.sorted {
            $0.creationTime == $1.creationTime
                ? $0.name < $1.name : $0.creationTime < $1.creationTime
        }
    }
}

extension MomentGraph {
    /// Returns the checkpoints whose names satisfy a condition, in no order.
    fileprivate func checkpoints(where isWanted: (CheckpointName) -> Bool) -> [Checkpoint] {
        liveSlots.filter { isWanted(nodes[Int($0)].name) }.map { checkpoint(at: $0) }
    }
}
