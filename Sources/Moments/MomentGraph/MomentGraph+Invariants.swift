extension MomentGraph {
    /// Returns the violated invariants of the graph's structure, in sentences; empty for a sound
    /// one. Tests call it after every change.
    ///
    /// - Complexity: O(*n* log *n*).
    package func brokenInvariants() -> [String] {
        var broken: [String] = []
        func check(_ holds: Bool, _ sentence: @autoclosure () -> String) {
            if !holds { broken.append(sentence()) }
        }
        var children = [Int32](repeating: 0, count: nodes.count)
        var live = 0
        var claims = 0
        var (named, withDisks, withDefinition) = (0, 0, 0)
        var observed = 0
        let cutSlots = Set(cuts)
        for index in nodes.indices {
            let node = nodes[index]
            switch node.state {
            case .free, .sentinel: continue
            case .live: live += 1
            case .missing:
                check(node.parent == Self.missing, "missing '\(node.name)' is out of its list")
                check(node.firstChild != Self.none, "missing '\(node.name)' is unused")
            }
            let parentState: Node.State? =
                nodes.indices.contains(Int(node.parent)) ? nodes[Int(node.parent)].state : nil
            guard let parentState, parentState != .free else {
                check(false, "'\(node.name)' has no parent's slot")
                continue
            }
            check(
                node.state == .missing || node.parent != Self.missing,
                "'\(node.name)' is live, and in the list of missing names")
            claims += node.claimsCurrent ? 1 : 0
            named += 1
            withDisks += diskLists[node.disks] == nil ? 0 : 1
            observed += healths[node.health] == nil ? 0 : 1
            withDefinition += definitions[node.definition] == nil ? 0 : 1
            if !node.isCut { children[Int(node.parent)] += 1 }
            check(
                names.slot(of: node.name, in: nodes) == Slot(index),
                "'\(node.name)' is not found by its name")
            check(
                node.nextSibling == Self.none
                    || nodes[Int(node.nextSibling)].previousSibling == Slot(index),
                "the list of siblings breaks after '\(node.name)'")
            check(
                node.nextSibling != Self.none || nodes[Int(node.parent)].lastChild == Slot(index),
                "'\(node.name)' ends a list that does not end with it")
            check(
                node.previousSibling != Self.none
                    || nodes[Int(node.parent)].firstChild == Slot(index),
                "'\(node.name)' begins a list that does not begin with it")
            check(
                node.isCut == cutSlots.contains(Slot(index)),
                "'\(node.name)' and the list of cuts disagree")
        }
        for index in nodes.indices where nodes[index].state != .free {
            check(
                children[index] == nodes[index].childCount,
                "'\(nodes[index].name)' counts \(nodes[index].childCount) children,"
                    + " has \(children[index])")
        }
        check(live == count, "\(live) checkpoints, counted \(count)")
        check(claims == claimCount, "\(claims) claims, counted \(claimCount)")
        check(named == names.count, "\(named) names, counted \(names.count)")
        check(
            withDisks == diskLists.useCount,
            "\(withDisks) with disks, counted \(diskLists.useCount)")
        check(
            withDefinition == definitions.useCount,
            "\(withDefinition) with a definition, counted \(definitions.useCount)")
        check(
            observed == healths.useCount,
            "\(observed) were observed, counted \(healths.useCount)")
        check(!isUnsettled, "cycles are not resolved")
        check(cutSlots.count == cuts.count, "a cut is listed twice")
        check(areClaimsSettled || claimCount > 0, "no checkpoint claims what is not settled")
        broken += brokenLinks() + brokenSharedValues()
        for (slot, parent) in detachedParents {
            check(
                names.slot(of: parent, in: nodes) != slot,
                "'\(parent)' is detached from itself")
            check(
                nodes[Int(slot)].state == .live && nodes[Int(slot)].parent == Self.root,
                "'\(nodes[Int(slot)].name)', detached from '\(parent)', is no root")
        }
        for slot in replacedTimes.keys {
            check(nodes[Int(slot)].state == .live, "a name that was reused does not exist")
        }
        let shown = preorder(from: shownRoots())
        check(shown.count == count, "\(shown.count) of \(count) checkpoints are shown")
        check(Set(shown).count == shown.count, "a checkpoint is shown twice")
        if recordedCurrentSlot != Self.none {
            check(
                nodes[Int(recordedCurrentSlot)].state == .live,
                "the current checkpoint does not exist")
        }
        return broken
    }

    /// Returns the violated invariants of the lists of children: each node is once in its parent's.
    private func brokenLinks() -> [String] {
        var broken: [String] = []
        var parents = [Slot](repeating: Self.none, count: nodes.count)
        for parent in nodes.indices where nodes[parent].state != .free {
            var child = nodes[parent].firstChild
            while child != Self.none {
                guard parents[Int(child)] == Self.none else {
                    broken.append("'\(nodes[Int(child)].name)' is listed as a child twice")
                    break
                }
                parents[Int(child)] = Slot(parent)
                child = nodes[Int(child)].nextSibling
            }
        }
        for (index, node) in nodes.enumerated() {
            let parent = node.state == .live || node.state == .missing ? node.parent : Self.none
            if parents[index] != parent {
                broken.append("'\(node.name)' is not listed as a child of its parent")
            }
        }
        return broken
    }

    /// Returns the violated invariants of shared values.
    private func brokenSharedValues() -> [String] {
        var broken: [String] = []
        for node in nodes where node.state == .live {
            if let list = diskLists[node.disks] {
                let ownName = DiskEntry.Bitmap.named(node.name.text)
                if list.isEmpty { broken.append("'\(node.name)' has an empty list of disks") }
                if list.contains(where: { $0.bitmap == ownName }) {
                    broken.append("a bitmap of '\(node.name)' is not held as its own")
                }
            }
            if let list = healths[node.health],
                list.isEmpty || !DiskHealth.areOfDistinctDisks(list)
            {
                broken.append("'\(node.name)' was observed twice on a disk, or on none")
            }
        }
        return broken
    }
}
