/// What is known of an observation besides its content; conclusions depend on it.
///
/// Each missing part makes conclusions more careful, never bolder.
public struct Evidence: Sendable, Hashable {
    /// Whether the domain has a definition that outlives its guest. A transient domain loses its
    /// checkpoints' metadata at every stop, so that what is missing there was not deleted.
    public var isPersistent: Bool

    /// Whether its guest is running.
    public var isActive: Bool

    /// The libvirt that was asked; nil for a folder.
    public var connection: LibvirtConnection?

    /// When the observation began; nil if that is not known.
    public var time: Timestamp?

    /// The observation of the domain before this one; nil if it was never observed.
    public var previous: DomainObservation?

    /// The checkpoints that were pruned in the record alone.
    public var pruned: Set<DomainObservation.ObservedCheckpoint>

    /// Prunings that no longer matter: the checkpoint was recorded again, or is gone.
    public var forgotten: Set<DomainObservation.PrunedCheckpoint>

    /// Whether the observed definitions lack secrets because reading them is not permitted, so that
    /// they never replace recorded ones.
    public var hidesSecrets: Bool

    /// Recorded definitions, with the same definition without secrets. If there are any, both sides
    /// are compared without secrets.
    public var withoutSecrets: [DefinitionDigest: DefinitionDigest]

    /// Creates evidence.
    public init(
        isPersistent: Bool, isActive: Bool, connection: LibvirtConnection? = nil,
        time: Timestamp? = nil, previous: DomainObservation? = nil,
        pruned: Set<DomainObservation.ObservedCheckpoint> = [],
        forgotten: Set<DomainObservation.PrunedCheckpoint> = [], hidesSecrets: Bool = false,
        withoutSecrets: [DefinitionDigest: DefinitionDigest] = [:]
    ) {
        self.isPersistent = isPersistent
        self.isActive = isActive
        self.connection = connection
        self.time = time
        self.previous = previous
        self.pruned = pruned
        self.forgotten = forgotten
        self.hidesSecrets = hidesSecrets
        self.withoutSecrets = withoutSecrets
    }

    /// The evidence of files: they show what exists, and say nothing of a guest.
    public static let files = Evidence(isPersistent: false, isActive: false)

    /// Whether the domain was seen in another libvirt since this one was last observed, and is not
    /// running here: it may be a leftover of a migration.
    package var isStaleSource: Bool {
        guard !isActive, let connection, let previous else { return false }
        return !connection.isSamePlace(as: previous.connection)
    }

    /// Whether a recorded checkpoint that is missing now was there when the domain was observed
    /// last, so that it was deleted since. In a domain that was never observed, recording the checkpoint
    /// is the evidence that it existed.
    func showsDeletion(of checkpoint: Checkpoint) -> Bool {
        guard let previous else { return true }
        guard let connection, connection.isSamePlace(as: previous.connection),
            previous.isPersistent, let checkpoints = previous.checkpoints
        else { return false }
        return checkpoints.contains(DomainObservation.ObservedCheckpoint(checkpoint))
    }

    /// Whether a checkpoint that exists may be where a push that did not complete has left it: the
    /// domain's last observation in this libvirt does not vouch for it.
    func isUnsettled(_ checkpoint: Checkpoint) -> Bool {
        guard let previous, let connection, connection.isSamePlace(as: previous.connection),
            let checkpoints = previous.checkpoints
        else { return false }
        return !checkpoints.contains(DomainObservation.ObservedCheckpoint(checkpoint))
    }

    /// Returns whether a recorded definition is the observed one, as far as both can be compared.
    func isSame(_ recorded: DefinitionDigest?, _ observed: DefinitionDigest?) -> Bool {
        recorded == observed
            || !withoutSecrets.isEmpty && recorded.map { withoutSecrets[$0] ?? $0 } == observed
    }
}
