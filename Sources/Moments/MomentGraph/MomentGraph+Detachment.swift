extension MomentGraph {
    /// Returns the parent that a repair cut away from a checkpoint while it was missing; nil if
    /// there is none, or the checkpoint was redefined since.
    ///
    /// - Complexity: O(1) expected.
    public func detachedParent(of name: CheckpointName) -> CheckpointName? {
        liveSlot(named: name).flatMap { detachedParents[$0] }
    }

    /// Returns the missing parent that an event removes from a checkpoint, if it changes nothing
    /// else: that is what a repair does.
    func cutParent(of slot: Slot, by content: Content) -> CheckpointName? {
        let node = nodes[Int(slot)]
        guard node.state == .live, content.parent == nil,
            nodes[Int(node.parent)].state == .missing,
            content.creationTime == node.creationTime, content.disks == node.disks,
            content.definition == node.definition,
            content.details.hasSameBytes(as: node.details)
        else { return nil }
        return nodes[Int(node.parent)].name
    }

    /// Remembers the parent that was cut away; nil forgets the previous one, since the checkpoint
    /// was redefined.
    mutating func noteDetachment(of slot: Slot, from parent: CheckpointName?) {
        if parent != nil || !detachedParents.isEmpty { detachedParents[slot] = parent }
    }

    /// The checkpoints whose parents, cut away by repairs, can be restored: these exist, and are
    /// not their descendants.
    ///
    /// - Complexity: O(1) if no parent was cut away, else O(*n*).
    var reattachments: [(child: Slot, parent: Slot)] {
        guard !detachedParents.isEmpty else { return [] }
        var tops = [Slot](repeating: Self.none, count: nodes.count)
        return detachedParents.compactMap { child, name in
            guard let parent = liveSlot(named: name), top(of: parent, &tops) != child else {
                return nil
            }
            return (child, parent)
        }
    }

    /// Returns the root above a checkpoint; if there is none, some member of the cycle.
    ///
    /// - Parameter tops: The roots that are known, by slot.
    private func top(of slot: Slot, _ tops: inout [Slot]) -> Slot {
        var path: [Slot] = []
        var next = slot
        while tops[Int(next)] == Self.none {
            // The node itself, until the walk ends: so a cycle ends it.
            tops[Int(next)] = next
            path.append(next)
            let parent = nodes[Int(next)].parent
            guard parent > Self.missing, nodes[Int(parent)].state == .live else { break }
            next = parent
        }
        let top = tops[Int(next)]
        for slot in path { tops[Int(slot)] = top }
        return top
    }
}
