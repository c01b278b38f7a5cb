/// What is different of a domain between two points in time.
public struct GraphDifference: Sendable, Hashable {
    /// What something was and what it is.
    public struct Change<Value: Sendable & Hashable>: Sendable, Hashable {
        /// What it was.
        public let from: Value
        /// What it is.
        public let to: Value
    }

    /// A checkpoint that is there at both points, but not the same.
    public struct Replacement: Sendable, Hashable {
        /// Its metadata before.
        public let before: Checkpoint
        /// Its metadata after.
        public let after: Checkpoint

        /// Its parent, if that is another.
        public var parent: Change<String?>? {
            before.parent.hasSameBytes(as: after.parent)
                ? nil : Change(from: before.parent, to: after.parent)
        }

        /// Its description, if that is another.
        public var description: Change<String?>? {
            before.description.hasSameBytes(as: after.description)
                ? nil : Change(from: before.description, to: after.description)
        }

        /// Its creation time, if that is another.
        public var creationTime: Change<Int64>? {
            before.creationTime == after.creationTime
                ? nil : Change(from: before.creationTime, to: after.creationTime)
        }

        /// What it says of its disks, if that is something else.
        public var disks: Change<[Disk]>? {
            before.disks == after.disks ? nil : Change(from: before.disks, to: after.disks)
        }

        /// The definition of the domain in it, if that is another.
        public var definition: Change<DefinitionDigest?>? {
            before.definition == after.definition
                ? nil : Change(from: before.definition, to: after.definition)
        }
    }

    /// The domain's name, if that is another.
    public let name: Change<String>?
    /// The domain's UUID, if that is another, or was not known.
    public let uuid: Change<DomainUUID?>?
    /// The domain's definition, if that is another.
    public let definition: Change<DefinitionDigest?>?
    /// Whether the domain is there, if that changed.
    public let isLive: Change<Bool>?
    /// The checkpoints that came, in the order of their creation.
    public let added: [Checkpoint]
    /// The checkpoints that went, in the order of their creation.
    public let removed: [Checkpoint]
    /// The checkpoints that are not the same, in the order of their creation.
    public let replaced: [Replacement]
    /// What became of checkpoints' data, as far as somebody looked, in the order of their
    /// creation; of those that went nothing.
    public let verdicts: [VerdictChange]
    /// The checkpoints that claim to be current against each other, if they are others.
    public let claims: Change<[String]>?
    /// The current checkpoint, if that is another.
    public let current: Change<String?>?

    /// Whether nothing is different.
    public var isEmpty: Bool {
        name == nil && uuid == nil && definition == nil && isLive == nil && added.isEmpty
            && removed.isEmpty && replaced.isEmpty && verdicts.isEmpty && claims == nil
            && current == nil
    }

    /// Compares two states of a domain. One of which nothing was known yet has no name, UUID
    /// or definition to compare.
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
            old.current.hasSameBytes(as: new.current)
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
    /// The checkpoints whose names are of a kind, in no order.
    fileprivate func checkpoints(where isWanted: (String) -> Bool) -> [Checkpoint] {
        liveSlots.filter { isWanted(nodes[Int($0)].name) }.map { checkpoint(at: $0) }
    }
}
