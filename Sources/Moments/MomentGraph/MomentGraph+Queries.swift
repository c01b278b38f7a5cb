extension MomentGraph {
    /// Returns whether a checkpoint of that name exists.
    ///
    /// - Complexity: O(1) expected.
    public func contains(_ name: CheckpointName) -> Bool { liveSlot(named: name) != nil }

    /// Returns the checkpoint of that name.
    ///
    /// - Complexity: O(1) expected, plus its disks.
    public func checkpoint(named name: CheckpointName) -> Checkpoint? {
        liveSlot(named: name).map { checkpoint(at: $0) }
    }

    /// Returns the last verdicts on a checkpoint's data on the disks that it covers; empty if none
    /// were recorded, or the checkpoint is missing.
    ///
    /// - Complexity: O(1) expected, plus its disks.
    public func health(of name: CheckpointName) -> [DiskHealth] {
        guard let slot = liveSlot(named: name), let seen = healths[nodes[Int(slot)].health] else {
            return []
        }
        // It may have been redefined since, and cover others.
        let covered = Set(
            (diskLists[nodes[Int(slot)].disks] ?? []).filter { $0.mode == .bitmap }
                .map { Array($0.name.utf8) })
        return seen.filter { covered.contains(Array($0.disk.utf8)) }
    }

    /// Returns the name of a checkpoint's parent, whether or not that exists; nil for a root, and
    /// for a missing checkpoint.
    ///
    /// - Complexity: O(1) expected.
    package func parentName(of name: CheckpointName) -> CheckpointName? {
        guard let slot = liveSlot(named: name) else { return nil }
        let parent = nodes[Int(slot)].parent
        return parent == Self.root ? nil : nodes[Int(parent)].name
    }

    /// Returns whether checkpoints name this one as their parent, whether or not it exists.
    ///
    /// - Complexity: O(1) expected.
    package func hasChildren(_ name: CheckpointName) -> Bool {
        names.slot(of: name, in: nodes).map { nodes[Int($0)].firstChild != Self.none } ?? false
    }

    /// Returns whether a checkpoint is in a cycle and shown as a root, without the link to its
    /// parent.
    ///
    /// - Complexity: O(1) expected.
    package func isShownCut(_ name: CheckpointName) -> Bool {
        liveSlot(named: name).map { nodes[Int($0)].isCut } ?? false
    }

    /// Whether checkpoints are each other's ancestors.
    package var hasCycles: Bool { !cuts.isEmpty }

    /// The current checkpoint: the one that the next `create` takes as its parent.
    ///
    /// There is at most one, and none while the graph has errors.
    public var current: CheckpointName? { hasErrors ? nil : recordedCurrent }

    /// The checkpoint that the current pointer names, even while errors suspend it.
    public var recordedCurrent: CheckpointName? {
        recordedCurrentSlot == Self.none ? nil : nodes[Int(recordedCurrentSlot)].name
    }

    /// The checkpoints that claim to be current against each other, by name; empty
    /// unless there are at least two.
    ///
    /// - Complexity: O(1) if there are none, else O(*n* log *n*).
    public var currentClaims: [CheckpointName] {
        guard hasClaims else { return [] }
        return liveSlots.filter { nodes[Int($0)].claimsCurrent }
            .map { nodes[Int($0)].name }.sorted()
    }

    /// Returns whether each of these checkpoints claimed to be current, and the pointer was set
    /// since: then their claims are not new.
    ///
    /// - Complexity: linear in the names.
    package func hasSettledClaims(of names: some Sequence<CheckpointName>) -> Bool {
        areClaimsSettled
            && names.allSatisfy { claimsCurrent($0) }
    }

    /// Returns whether a checkpoint has claimed to be current, resolved or not.
    func claimsCurrent(_ name: CheckpointName) -> Bool {
        liveSlot(named: name).map { nodes[Int($0)].claimsCurrent } ?? false
    }

    /// Whether several checkpoints claim to be current against each other.
    var hasClaims: Bool { claimCount > 1 && !areClaimsSettled }

    /// Whether the graph has a finding of severity error: a missing parent, a cycle, several
    /// current checkpoints.
    ///
    /// - Complexity: O(1).
    public var hasErrors: Bool {
        nodes[Int(Self.missing)].childCount > 0 || !cuts.isEmpty || hasClaims
    }

    /// Returns a checkpoint with its position in the graph.
    ///
    /// - Complexity: linear in its descendants.
    public func moment(named name: CheckpointName) -> Moment? {
        guard let slot = liveSlot(named: name) else { return nil }
        return moment(at: slot, descendantCount: preorder(from: [slot]).count - 1)
    }

    /// The checkpoint that libvirt would choose as current at its next start, when all it has is
    /// one file for each checkpoint: the only leaf if there is one root and no fork, else none.
    ///
    /// Source: `virDomainMomentCheckCycles` and `qemuDomainCheckpointLoad`; observed in libvirt
    /// 9.0.
    ///
    /// - Complexity: O(*n*).
    public var libvirtCurrentAtStart: CheckpointName? {
        guard nodes[Int(Self.missing)].childCount == 0, cuts.isEmpty,
            nodes[Int(Self.root)].childCount == 1
        else { return nil }
        var slot = nodes[Int(Self.root)].firstChild
        while nodes[Int(slot)].childCount == 1 { slot = nodes[Int(slot)].firstChild }
        return nodes[Int(slot)].childCount == 0 ? nodes[Int(slot)].name : nil
    }

    // MARK: Slots

    /// The slots of all checkpoints, in no order.
    var liveSlots: some Sequence<Slot> {
        nodes.indices.lazy.filter { nodes[$0].state == .live }.map { Slot($0) }
    }

    func liveSlot(named name: CheckpointName) -> Slot? {
        guard let slot = names.slot(of: name, in: nodes), nodes[Int(slot)].state == .live
        else { return nil }
        return slot
    }

    func checkpoint(at slot: Slot) -> Checkpoint {
        let node = nodes[Int(slot)]
        return Checkpoint(
            name: node.name,
            description: node.details,
            parent: node.parent == Self.root ? nil : nodes[Int(node.parent)].name,
            creationTime: CreationTime(seconds: node.creationTime),
            disks: diskLists[node.disks]?.map { $0.disk(of: node.name) } ?? [],
            definition: definitions[node.definition])
    }

    func moment(at slot: Slot, descendantCount: Int) -> Moment {
        Moment(
            checkpoint: checkpoint(at: slot),
            isCurrent: slot == recordedCurrentSlot && !hasErrors,
            childCount: Int(nodes[Int(slot)].childCount),
            descendantCount: descendantCount)
    }

    /// The names of missing parents of live checkpoints.
    ///
    /// - Complexity: linear in them.
    var missingParents: [CheckpointName] {
        var names: [CheckpointName] = []
        var slot = nodes[Int(Self.missing)].firstChild
        while slot != Self.none {
            names.append(nodes[Int(slot)].name)
            slot = nodes[Int(slot)].nextSibling
        }
        return names
    }
}
