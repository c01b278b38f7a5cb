/// All live checkpoints of one domain, their parent relations, and the current checkpoint.
///
/// A graph is a value that events change, one after the other:
///
/// ```swift
/// var graph = MomentGraph()
/// try graph.apply(.checkpointCreated(Checkpoint(name: "c1", creationTime: 1_700_000_000)))
/// try graph.apply(.currentSet("c1"))
/// print(graph.current ?? "none")  // c1
/// ```
///
/// A graph keeps errors as they are. A checkpoint whose parent is missing keeps its parent's name
/// and is shown as a root; it joins its parent as soon as that is recorded. The members of a cycle
/// are all kept, and shown below a root by leaving out one link. While the graph has such an error,
/// nothing is ``current``.
///
/// Nothing here recurses: a chain of a million checkpoints needs no more stack
/// than one.
public struct MomentGraph: Sendable {
    /// The index of a checkpoint in ``nodes``.
    typealias Slot = Int32

    /// The slot whose children are the checkpoints without a parent.
    static let root: Slot = 0

    /// The slot whose children are the names of missing parents.
    static let missing: Slot = 1

    static let none: Slot = -1

    /// Everything about one checkpoint, in 80 bytes beyond its strings.
    ///
    /// Children form a list through `nextSibling`, in the order in which they were added. They are
    /// sorted when they are read: sorting them on insertion would make a star of *n* checkpoints
    /// cost *n*².
    struct Node: Sendable {
        var name: CheckpointName
        var details: String?
        var creationTime: Int64
        /// The recorded parent: a slot, ``MomentGraph/root`` for none, the slot of a missing name,
        /// or the node itself.
        var parent: Slot
        var firstChild: Slot = MomentGraph.none
        var lastChild: Slot = MomentGraph.none
        var previousSibling: Slot = MomentGraph.none
        var nextSibling: Slot = MomentGraph.none
        /// The number of children, except those whose link is cut.
        var childCount: Int32 = 0
        var disks: InternTable<[DiskEntry]>.ID
        var definition: InternTable<DefinitionDigest>.ID
        /// The last verdicts on its bitmaps.
        var health = InternTable<[DiskHealth]>.none
        var state: State
        /// Whether the link to the parent is the one left out to show a cycle.
        var isCut = false
        var claimsCurrent = false

        enum State: UInt8, Sendable { case free, live, missing, sentinel }
    }

    var nodes: [Node]
    var names = NameTable()
    var diskLists = InternTable<[DiskEntry]>()
    var definitions = InternTable<DefinitionDigest>()
    /// Usually one list for all checkpoints: they are inspected together.
    var healths = InternTable<[DiskHealth]>()
    var firstFree: Slot = MomentGraph.none
    var recordedCurrentSlot: Slot = MomentGraph.none
    var claimCount = 0
    /// Whether the current pointer was set since the last claim. Claims are kept even then, to
    /// distinguish a repeated claim from a new one.
    var areClaimsSettled = true
    /// The nodes whose link is cut, one in each cycle, in no order.
    var cuts: [Slot] = []
    /// Whether a change since the last ``resolveCycles()`` may have closed or broken a cycle.
    var isUnsettled = false
    /// The missing parents that repairs cut away, by the former children.
    var detachedParents: [Slot: CheckpointName] = [:]
    /// The creation times of the checkpoints whose names were reused, by the checkpoints that have
    /// the names now; see ``replacedTime(of:)``.
    var replacedTimes: [Slot: Int64] = [:]
    /// The checkpoint that the present commit deleted last.
    var lastDeleted: (name: CheckpointName, creationTime: Int64)?

    /// The number of checkpoints in the graph.
    public internal(set) var count = 0

    /// Creates an empty graph.
    public init() {
        let sentinel = Node(
            name: "", details: nil, creationTime: 0, parent: Self.none,
            disks: InternTable<[DiskEntry]>.none,
            definition: InternTable<DefinitionDigest>.none, state: .sentinel)
        nodes = [sentinel, sentinel]
    }

    /// Whether the graph is empty.
    public var isEmpty: Bool { count == 0 }

    /// Reserves capacity for a total number of checkpoints, up to a million.
    ///
    /// - Complexity: O(`capacity`).
    public mutating func reserveCapacity(_ capacity: Int) {
        nodes.reserveCapacity(min(max(capacity, 0), 1_000_000) + 2)
    }
}

extension MomentGraph: Equatable {
    /// Returns whether two graphs have the same checkpoints, claims, recorded current checkpoint,
    /// last verdicts, and reused names.
    ///
    /// - Complexity: O(*n*) expected, in the number of checkpoints.
    public static func == (left: MomentGraph, right: MomentGraph) -> Bool {
        guard left.count == right.count, left.names.count == right.names.count,
            left.recordedCurrent == right.recordedCurrent,
            left.claimCount == right.claimCount,
            left.areClaimsSettled == right.areClaimsSettled,
            left.detachedParents.count == right.detachedParents.count,
            left.replacedTimes.count == right.replacedTimes.count
        else { return false }
        return left.isContained(in: right) && right.isContained(in: left)
    }

    /// Returns whether each checkpoint is in another graph, with a parent that exists in both or in
    /// neither.
    private func isContained(in other: MomentGraph) -> Bool {
        liveSlots.allSatisfy { slot in
            let node = nodes[Int(slot)]
            // A name that two checkpoints have finds only one of them.
            guard liveSlot(named: node.name) == slot,
                let otherSlot = other.liveSlot(named: node.name)
            else { return false }
            let otherNode = other.nodes[Int(otherSlot)]
            return checkpoint(at: slot) == other.checkpoint(at: otherSlot)
                && nodes[Int(node.parent)].state == other.nodes[Int(otherNode.parent)].state
                && node.claimsCurrent == otherNode.claimsCurrent
                && healths[node.health] == other.healths[otherNode.health]
                && detachedParents[slot] == other.detachedParents[otherSlot]
                && replacedTimes[slot] == other.replacedTimes[otherSlot]
        }
    }
}
