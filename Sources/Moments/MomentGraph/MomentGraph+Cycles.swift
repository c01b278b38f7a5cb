extension MomentGraph {
    /// Finds the cycles and chooses the link to leave out in each for display.
    ///
    /// Of the links whose parent is younger than the child, it is that of the child with the
    /// smallest name, since such a link is wrong; if there is none, that of the smallest name. The
    /// recorded parents stay.
    ///
    /// - Complexity: O(1) if no change since the last call could have closed or broken a cycle,
    ///   else O(*n*).
    package mutating func resolveCycles() {
        guard isUnsettled else { return }
        isUnsettled = false
        for slot in cuts where nodes[Int(slot)].isCut {
            nodes[Int(slot)].isCut = false
            nodes[Int(nodes[Int(slot)].parent)].childCount += 1
        }
        cuts = cycles().map { cycle in cut(in: cycle) }
        for slot in cuts {
            nodes[Int(slot)].isCut = true
            nodes[Int(nodes[Int(slot)].parent)].childCount -= 1
        }
    }

    private func cut(in cycle: [Slot]) -> Slot {
        let wrongByTime = cycle.filter { slot in
            let node = nodes[Int(slot)]
            return nodes[Int(node.parent)].creationTime > node.creationTime
        }
        let candidates = wrongByTime.isEmpty ? cycle : wrongByTime
        return candidates.min { nodes[Int($0)].name < nodes[Int($1)].name } ?? cycle[0]
    }

    /// Returns the members of each cycle, each from any member on and then up from child to parent.
    ///
    /// Every node has one parent, so one walk up from each node that no earlier walk has visited
    /// passes every link once.
    ///
    /// - Complexity: O(*n*).
    private func cycles() -> [[Slot]] {
        var cycles: [[Slot]] = []
        var walk = [Slot](repeating: Self.none, count: nodes.count)
        for start in liveSlots where walk[Int(start)] == Self.none {
            var slot = start
            while slot > Self.missing, walk[Int(slot)] == Self.none {
                walk[Int(slot)] = start
                slot = nodes[Int(slot)].parent
            }
            guard slot > Self.missing, walk[Int(slot)] == start else { continue }
            cycles.append(cycle(through: slot))
        }
        return cycles
    }

    /// Returns the members of the cycle that a node is on, up from child to parent.
    func cycle(through slot: Slot) -> [Slot] {
        var members = [slot]
        var next = nodes[Int(slot)].parent
        while next != slot {
            members.append(next)
            next = nodes[Int(next)].parent
        }
        return members
    }
}
