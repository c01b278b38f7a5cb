/// What an earlier observation of a domain in a libvirt showed: evidence for conclusions, and not
/// part of the record.
///
/// Nothing proves it, and without it conclusions are only more careful.
public struct DomainObservation: Sendable, Hashable {
    /// When it began, or when it was recorded if nothing else is known of it.
    public var time: Timestamp

    /// The libvirt that was asked.
    public var connection: LibvirtConnection

    /// Whether the domain had a definition that outlives its guest. What a transient domain had
    /// may be lost without having been deleted.
    public var isPersistent: Bool

    /// The checkpoints that the libvirt certainly had; nil if they are not known. While a push is
    /// carried out, those that it takes away or gives back are not among them.
    public var checkpoints: Set<ObservedCheckpoint>?

    /// The checkpoints that were pruned in the record alone: a pull does not record them again
    /// unless it is asked to. What is stored is added to what is known.
    public var pruned: Set<PrunedCheckpoint>

    /// What is removed from ``pruned`` when the observation is stored; empty in a stored one.
    public var forgotten: Set<PrunedCheckpoint>

    /// A checkpoint's identity within its domain.
    public struct ObservedCheckpoint: Sendable, Hashable {
        /// Its name.
        public var name: CheckpointName

        /// Its creation time, in seconds since 1970.
        public var creationTime: CreationTime

        /// Creates a checkpoint's identity.
        public init(name: CheckpointName, creationTime: CreationTime) {
            self.name = name
            self.creationTime = creationTime
        }

        /// Creates the identity of a checkpoint.
        public init(_ checkpoint: Checkpoint) {
            self.init(name: checkpoint.name, creationTime: checkpoint.creationTime)
        }
    }

    /// A deletion in the record alone.
    public struct PrunedCheckpoint: Sendable, Hashable {
        /// The checkpoint.
        public var checkpoint: ObservedCheckpoint

        /// The revision of the domain with its deletion, from 1: a later deletion is another one.
        public var revision: Int

        /// Creates a deletion.
        public init(_ checkpoint: ObservedCheckpoint, revision: Int) {
            self.checkpoint = checkpoint
            self.revision = revision
        }
    }

    /// Creates an observation.
    public init(
        time: Timestamp, connection: LibvirtConnection, isPersistent: Bool = true,
        checkpoints: Set<ObservedCheckpoint>? = nil, pruned: Set<PrunedCheckpoint> = [],
        forgotten: Set<PrunedCheckpoint> = []
    ) {
        self.time = time
        self.connection = connection
        self.isPersistent = isPersistent
        self.checkpoints = checkpoints
        self.pruned = pruned
        self.forgotten = forgotten
    }

    /// Whether the domain was observed. If not, nothing but what was pruned is known of it.
    public var isObserved: Bool { checkpoints != nil }

    /// Creates what is known of a domain that was not observed yet.
    package init(unobservedAt time: Timestamp, pruned: Set<PrunedCheckpoint> = []) {
        self.init(
            time: time, connection: LibvirtConnection(uri: "", host: "", version: ""),
            pruned: pruned)
    }

    /// Returns what an engine stores in place of what it has: the newer observation, and what both
    /// know of prunings. A pull that began earlier does not undo what another process stored since.
    ///
    /// - Complexity: O(*n*) in the prunings of both.
    public func replacing(_ known: DomainObservation?) -> DomainObservation {
        var stored = self
        if let known {
            if !isObserved || known.isObserved && known.time > time { stored = known }
            stored.pruned = known.pruned.union(pruned)
        }
        stored.pruned.subtract(forgotten)
        stored.forgotten = []
        return stored
    }

    /// The recorded checkpoints that the libvirt did not have although they are older than the
    /// observation, by name; none if its checkpoints are not known.
    ///
    /// - Complexity: O(*n* log *n*) in the graph's checkpoints.
    public func missing(from graph: MomentGraph) -> [CheckpointName] {
        guard let checkpoints else { return [] }
        return (graph.names() ?? []).filter { name in
            guard let checkpoint = graph.checkpoint(named: name) else { return false }
            return checkpoint.creationTime < CreationTime(time)
                && !checkpoints.contains(ObservedCheckpoint(checkpoint))
        }
    }
}
