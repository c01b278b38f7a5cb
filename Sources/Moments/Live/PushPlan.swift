/// The calls that restore the recorded checkpoints in a libvirt, or why that is refused.
///
/// It is planned before anything is changed. Checkpoints that only libvirt has are not touched;
/// repeating a push on a sound state makes no call that changes anything.
package struct PushPlan: Sendable, Hashable {
    /// The calls in their order.
    package private(set) var steps: [Step] = []

    /// The checkpoints that contradict the record, and prevent the push.
    package private(set) var conflicts: [Conflict] = []

    /// The recorded checkpoints that libvirt refuses: their parents are missing, or in a cycle.
    package private(set) var refused: [CheckpointName] = []

    /// The recorded checkpoints that need no call.
    package private(set) var unchanged: [CheckpointName] = []

    /// Whether libvirt's current checkpoint is the recorded one after the calls, as far as its
    /// rules show.
    package private(set) var keepsCurrent = true

    /// The name of the checkpoint that takes libvirt's current pointer while others are redefined.
    package static let placeholder: CheckpointName = "momentlog-push"

    /// The creation time of that checkpoint, in seconds: no other checkpoint has it.
    package static let placeholderTime: CreationTime = 1

    /// A call.
    package enum Step: Sendable, Hashable {
        /// Delete a checkpoint's metadata.
        case deleteMetadata(CheckpointName)
        /// Redefine a checkpoint from the record.
        case redefine(CheckpointName)
        /// Redefine the placeholder, a root without data.
        case redefinePlaceholder

        /// The checkpoint that it changes; nil for the placeholder.
        public var checkpoint: CheckpointName? {
            switch self {
            case .deleteMetadata(let name), .redefine(let name): name
            case .redefinePlaceholder: nil
            }
        }
    }

    /// A checkpoint that contradicts the record.
    package struct Conflict: Sendable, Hashable {
        /// Its name.
        package let checkpoint: CheckpointName
        /// The kind of contradiction.
        package let kind: Drift.Kind
    }

    /// The options of a push.
    package struct Options: Sendable, Hashable {
        /// Whether checkpoints that contradict the record are replaced.
        package var replaces: Bool
        /// Whether the current checkpoint becomes the recorded one, even if all metadata has to be
        /// redefined.
        package var isExact: Bool

        /// Creates options.
        package init(replaces: Bool = false, isExact: Bool = false) {
            self.replaces = replaces
            self.isExact = isExact
        }
    }

    /// Plans a push.
    ///
    /// - Complexity: O(*n* log *n*) in the checkpoints of both sides.
    package init(
        _ recorded: MomentGraph, to domain: ObservedDomain, _ evidence: Evidence,
        _ options: Options = Options()
    ) {
        var observed = domain.withoutPlaceholder
        // A leftover of an interrupted push.
        let hasPlaceholder = observed.checkpoints.count < domain.checkpoints.count
        conflicts = observed.removePruned(evidence.pruned, recorded: recorded)
            .map { Conflict(checkpoint: $0, kind: .unknown) }
        let comparison = DomainComparison(recorded, observed, evidence)
        refused = recorded.refusedByLibvirt
        conflicts += comparison.new.map { Conflict(checkpoint: $0.name, kind: .unknown) }
        if !options.replaces {
            conflicts += comparison.replaced.map { Conflict(checkpoint: $0.name, kind: .replaced) }
            // An interrupted push continues.
            let unsettled = Set(comparison.unsettled(in: recorded, evidence))
            conflicts += comparison.changed.filter { !unsettled.contains($0.checkpoint.name) }
                .map { Conflict(checkpoint: $0.checkpoint.name, kind: .differs) }
        }
        guard conflicts.isEmpty else { return }
        let order = recorded.redefinitionOrder()
        let left = Set(refused)
        let names = order.names.filter { !left.contains($0) }
        let needed = Self.needed(names, comparison, observed, recorded)
        let libvirtChoice = observed.checkpoints.isEmpty ? nil : recorded.libvirtCurrentAtStart
        // In an empty list the order moves the pointer to the recorded checkpoint, and one chain
        // has it at its leaf.
        let isRight =
            observed.checkpoints.isEmpty
            ? order.keepsCurrent && refused.isEmpty
            : libvirtChoice != nil && libvirtChoice == recorded.current
        keepsCurrent = isRight || options.isExact
        if hasPlaceholder { steps.append(.deleteMetadata(Self.placeholder)) }
        if options.isExact, !isRight, !observed.checkpoints.isEmpty {
            // All metadata would be deleted, and what libvirt refuses could not be restored.
            let there = Set(observed.checkpoints.map(\.name))
            conflicts = refused.filter(there.contains).map {
                Conflict(checkpoint: $0, kind: .differs)
            }
            guard conflicts.isEmpty else { return }
        }
        guard options.isExact, !isRight else {
            steps += comparison.replaced.map { .deleteMetadata($0.name) }
            steps += names.filter(needed.contains).map { .redefine($0) }
            unchanged = names.filter { !needed.contains($0) }
            return
        }
        planExact(names, observed, current: recorded.current)
    }

    /// Deletes everything and redefines it, so that the pointer's position is known.
    private mutating func planExact(
        _ names: [CheckpointName], _ observed: ObservedDomain, current: CheckpointName?
    ) {
        let order = FamilyOrder(observed.checkpoints).indices
        // Redefine everything once before deleting it, to find what cannot be redefined: the same
        // metadata again changes nothing but the pointer.
        steps += order.map { .redefine(observed.checkpoints[$0].name) }
        steps += order.reversed().map { .deleteMetadata(observed.checkpoints[$0].name) }
        // It takes the pointer, and no other checkpoint depends on it.
        steps.append(.redefinePlaceholder)
        steps += names.map { .redefine($0) }
        // Nothing is current then, so the next redefined checkpoint becomes current.
        steps.append(.deleteMetadata(Self.placeholder))
        if let current { steps.append(.redefine(current)) }
    }

    /// Returns what libvirt lacks or has with other content, and all descendants: a child that is
    /// not redefined after its parent stays detached, or leaves the pointer above it.
    private static func needed(
        _ names: [CheckpointName], _ comparison: DomainComparison, _ observed: ObservedDomain,
        _ recorded: MomentGraph
    ) -> Set<CheckpointName> {
        var needed = Set(comparison.missing + comparison.replaced.map(\.name))
        needed.formUnion(comparison.changed.map(\.checkpoint.name))
        for checkpoint in observed.checkpoints
        where checkpoint.parent != recorded.parentName(of: checkpoint.name) {
            needed.insert(checkpoint.name)
        }
        for name in names {
            if let parent = recorded.parentName(of: name), needed.contains(parent) {
                needed.insert(name)
            }
        }
        return needed
    }
}

extension ObservedDomain {
    /// The domain without the leftover of a push: a checkpoint of a name and a time that no other
    /// has.
    var withoutPlaceholder: ObservedDomain {
        var domain = self
        domain.checkpoints.removeAll {
            $0.name == PushPlan.placeholder && $0.creationTime == PushPlan.placeholderTime
        }
        return domain
    }
}
