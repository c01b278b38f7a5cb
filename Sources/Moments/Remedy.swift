/// One step that fixes a finding, a verdict or a fault: an action as data, which the caller renders
/// as a command.
///
/// Several steps of one remedy share a ``group`` and are taken in their ``order``; groups are
/// alternatives, the preferred one first. A ``isDestructive`` step removes something that cannot be
/// restored, and is offered only where everything that makes it safe was inspected.
public struct Remedy: Sendable, Hashable {
    /// What is done.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Action: Sendable, Hashable, Codable {
        /// Import a file; nil stands for one that only the operator can find.
        case importFile(path: String?, domain: DomainChoice, replaces: Bool)
        /// Record a checkpoint that a hypervisor created, from its document.
        case record(domain: DomainReference, checkpoint: CheckpointName)
        /// Record what a libvirt has.
        case pull(domain: DomainReference, uri: String, PullScope)
        /// Give a libvirt what the record has; with `isExact` also the current checkpoint.
        case push(domain: DomainReference, uri: String, isExact: Bool)
        /// Redefine a checkpoint from a corrected document.
        case redefine(domain: DomainReference, checkpoint: CheckpointName)
        /// Redefine a checkpoint so that it no longer covers a disk.
        case redefineWithoutDisk(
            domain: DomainReference, checkpoint: CheckpointName, disk: String, side: Side)
        /// Write a checkpoint's document, with its secrets and without a disk, to a file that
        /// only its owner can read.
        case writeDocument(domain: DomainReference, checkpoint: CheckpointName, withoutDisk: String)
        /// Print what gives a libvirt the domain's checkpoints again.
        case export(domain: DomainReference)
        /// Restore the parent that a repair cut away.
        case reattach(domain: DomainReference, checkpoint: CheckpointName, parent: CheckpointName)
        /// Acknowledge a name that was reused.
        case acknowledge(domain: DomainReference, checkpoint: CheckpointName)
        /// Append the events that fix a graph; `current` names the checkpoint that is current
        /// afterwards, where there is a choice.
        case repair(domain: DomainReference, current: CheckpointName?)
        /// Repair a graph and give a checkpoint another parent, which only the operator knows.
        case reparent(domain: DomainReference, checkpoint: CheckpointName)
        /// Inspect a disk's images where their state can be known.
        case inspect(domain: DomainReference, disk: String, Inspection)
        /// Rebuild a domain's snapshots from its events.
        case rebuildSnapshots(domain: DomainReference)
        /// Replace the store by a backup, which only the operator can find.
        case restore
        /// Remove a bitmap from an image.
        case removeBitmap(BitmapLocation, bitmap: String)
        /// Delete a checkpoint's metadata.
        case deleteCheckpoint(domain: DomainReference, checkpoint: CheckpointName, side: Side)

        /// The kind of action; stable.
        public var name: Name {
            switch self {
            case .importFile: .import
            case .record: .record
            case .pull: .pull
            case .push: .push
            case .redefine, .redefineWithoutDisk: .redefine
            case .writeDocument, .export: .export
            case .reattach: .reattach
            case .acknowledge: .acknowledge
            case .repair, .rebuildSnapshots: .repair
            case .reparent: .reparent
            case .inspect: .inspect
            case .restore: .restore
            case .removeBitmap: .removeBitmap
            case .deleteCheckpoint: .deleteCheckpoint
            }
        }
    }

    /// The kinds of actions. The raw values are stable.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Name: String, Sendable, Hashable, CaseIterable, Codable {
        case `import`, record, pull, push, redefine, reattach, repair, reparent, inspect, export
        case acknowledge, backup, restore, removeBitmap, deleteCheckpoint
    }

    /// What a pull records besides what is certain.
    public struct PullScope: OptionSet, Sendable, Hashable, Codable {
        /// The options as bits.
        public let rawValue: Int

        /// Creates a scope from bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// That missing checkpoints were deleted.
        public static let deletions = PullScope(rawValue: 1)
        /// What was pruned in the record alone.
        public static let pruned = PullScope(rawValue: 2)
        /// What is new, although others are lost.
        public static let besidesLost = PullScope(rawValue: 4)
    }

    /// Whose metadata a step changes.
    public enum Side: String, Sendable, Hashable, Codable {
        /// Libvirt's.
        case libvirt
        /// The record's.
        case record
    }

    /// The domain that a file belongs to.
    public enum DomainChoice: Sendable, Hashable, Codable {
        /// The one that the file names.
        case own
        /// A domain by name or UUID.
        case named(DomainReference)
        /// One that only the operator knows.
        case unknown
    }

    /// A way to learn the state of a disk's bitmaps.
    public enum Inspection: Sendable, Hashable, Codable {
        /// Ask the running guest: its answer to QMP's `query-named-block-nodes`.
        case runningGuest
        /// Inspect the image file while QEMU's lock shows it free.
        case imageFile(path: String)
    }

    /// Where a bitmap is.
    public enum BitmapLocation: Sendable, Hashable, Codable {
        /// In an image file that no guest has open.
        case file(path: String, format: String, isEncrypted: Bool)
        /// In a block node of a running guest.
        case node(String, domain: DomainReference)
    }

    /// The action.
    public let action: Action

    /// Whether it removes something that cannot be restored.
    public let isDestructive: Bool

    /// What has to hold before it is done, as a sentence without a full stop; nil if nothing has
    /// to.
    public let precondition: String?

    /// The alternative that the step is a part of, from 1.
    public let group: Int

    /// The step's position in its alternative, from 1.
    public let order: Int

    /// Creates a step.
    public init(
        _ action: Action, isDestructive: Bool = false, precondition: String? = nil,
        group: Int = 1, order: Int = 1
    ) {
        self.action = action
        self.isDestructive = isDestructive
        self.precondition = precondition
        self.group = group
        self.order = order
    }
}

extension Remedy {
    /// An alternative: steps that are taken one after the other.
    struct Cure {
        var steps: [(action: Action, isDestructive: Bool)]
        var precondition: String?

        init(_ action: Action, if precondition: String? = nil) {
            steps = [(action, false)]
            self.precondition = precondition
        }

        init(_ actions: [Action], if precondition: String? = nil) {
            steps = actions.map { ($0, false) }
            self.precondition = precondition
        }

        init(destructive actions: [Action], if precondition: String) {
            steps = actions.map { ($0, true) }
            self.precondition = precondition
        }
    }

    /// Returns the steps of alternatives, in order.
    static func steps(of cures: [Cure]) -> [Remedy] {
        cures.enumerated().flatMap { group, cure in
            cure.steps.enumerated().map { order, step in
                Remedy(
                    step.action, isDestructive: step.isDestructive,
                    precondition: cure.precondition, group: group + 1, order: order + 1)
            }
        }
    }
}
