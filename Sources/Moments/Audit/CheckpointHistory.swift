/// The lifetimes of the checkpoints that had one name in a domain, one after the other.
///
/// Append the domain's events in order, from the first:
///
/// ```swift
/// var history = CheckpointHistory(of: "c7")
/// for event in events { try history.take(event) }
/// print(history.lives.count)
/// ```
public struct CheckpointHistory: Sendable {
    /// One thing that happened to a checkpoint.
    public struct Step: Sendable, Hashable {
        /// The event, with its actor and reason. It may be about another checkpoint.
        public let recorded: RecordedEvent
        /// What happened.
        public let change: Change
    }

    /// What can happen to a checkpoint.
    public enum Change: Sendable, Hashable {
        /// It was created.
        case created(Checkpoint)
        /// Its metadata was supplied from outside while no checkpoint had its name.
        case added(Checkpoint)
        /// Its metadata was replaced.
        case redefined(GraphDifference.Replacement)
        /// Its parent was deleted, and it moved to that one's parent.
        case moved(from: CheckpointName, to: CheckpointName?)
        /// It became the current one.
        case becameCurrent
        /// Its data on a disk was inspected; with the result of the previous inspection.
        case observed(BitmapObservation, before: BitmapObservation?)
        /// It was deleted.
        case deleted
    }

    /// Everything that happened to one checkpoint, from its creation to its deletion.
    public struct Life: Sendable, Hashable {
        /// What happened, in order.
        public internal(set) var steps: [Step] = []
        /// Whether the checkpoint was deleted.
        public internal(set) var hasEnded = false
    }

    /// The name.
    public let name: CheckpointName
    /// The lifetimes so far.
    public private(set) var lives: [Life] = []
    private var graph = MomentGraph()
    /// The last observations, by the bytes of the disk's name.
    private var observations: [[UInt8]: BitmapObservation] = [:]

    /// Creates the history of a name, without events.
    public init(of name: CheckpointName) { self.name = name }

    /// Appends the domain's next event.
    ///
    /// - Throws: ``InconsistentEvent`` if it does not fit those before it.
    /// - Complexity: that of ``MomentGraph/apply(_:)``.
    public mutating func take(_ recorded: RecordedEvent) throws(InconsistentEvent) {
        let before = graph.checkpoint(named: name)
        try graph.applyUnsettled(recorded.event)
        switch recorded.event {
        case .checkpointCreated(let checkpoint) where isOurs(checkpoint.name):
            lives.append(Life())
            add(.created(checkpoint), recorded)
        case .checkpointRedefined(let checkpoint, claimsCurrent: _) where isOurs(checkpoint.name):
            if let before {
                // An observation of other data is not followed by one of these.
                observations = observations.filter { _, seen in
                    before.creationTime == checkpoint.creationTime
                        && before.bitmap(on: seen.disk).hasSameBytes(
                            as: checkpoint.bitmap(on: seen.disk))
                }
                add(.redefined(.init(before: before, after: checkpoint)), recorded)
            } else {
                lives.append(Life())
                add(.added(checkpoint), recorded)
            }
        case .checkpointDeleted(let deleted) where isOurs(deleted):
            add(.deleted, recorded)
            observations = [:]
            if !lives.isEmpty { lives[lives.count - 1].hasEnded = true }
        case .checkpointDeleted(let deleted):
            guard let before, before.parent == deleted else { return }
            add(.moved(from: deleted, to: graph.parentName(of: name)), recorded)
        case .currentSet(let current?) where isOurs(current):
            add(.becameCurrent, recorded)
        case .bitmapObserved(let seen) where seen.checkpoint.map(isOurs) ?? false:
            let before = observations.updateValue(seen, forKey: Array(seen.disk.utf8))
            add(.observed(seen, before: before), recorded)
        default: break
        }
    }

    private func isOurs(_ name: CheckpointName) -> Bool { name == self.name }

    private mutating func add(_ change: Change, _ recorded: RecordedEvent) {
        guard !lives.isEmpty else { return }
        lives[lives.count - 1].steps.append(Step(recorded: recorded, change: change))
    }
}
