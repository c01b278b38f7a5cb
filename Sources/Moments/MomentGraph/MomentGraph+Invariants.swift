extension MomentGraph {
    /// What does not hold of the graph's inner structure, in sentences; empty for
    /// a sound one. Tests call it after every change.
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
        for index in nodes.indices {
            let node = nodes[index]
            switch node.state {
            case .free, .sentinel: continue
            case .live: live += 1
            case .missing:
                check(node.parent == Self.missing, "missing '\(node.name)' is out of its list")
                check(node.firstChild != Self.none, "missing '\(node.name)' is of no use")
            }
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
                node.isCut == cuts.contains(Slot(index)),
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
        check(!isUnsettled, "cycles are not settled")
        for (slot, parent) in detachedParents {
            check(
                nodes[Int(slot)].state == .live && nodes[Int(slot)].parent == Self.root,
                "'\(nodes[Int(slot)].name)', detached from '\(parent)', is no root")
        }
        for slot in replacedTimes.keys {
            check(nodes[Int(slot)].state == .live, "a name that came back is not there")
        }
        let shown = preorder(from: shownRoots())
        check(shown.count == count, "\(shown.count) of \(count) checkpoints are shown")
        check(Set(shown).count == shown.count, "a checkpoint is shown twice")
        if recordedCurrentSlot != Self.none {
            check(
                nodes[Int(recordedCurrentSlot)].state == .live, "the current is not there")
        }
        return broken
    }
}
