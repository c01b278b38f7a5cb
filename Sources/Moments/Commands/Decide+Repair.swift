extension MomentGraph {
    /// Gives each checkpoint whose link is at fault another parent or none, and decides which
    /// checkpoint is current.
    func decideRepair(_ repair: Repair) throws(MomentlogError) -> [Event] {
        if let current = repair.current, !contains(current) { throw .noCheckpoint(current) }
        if isReattachment(repair) { return try decideReattachment(repair.parents) }
        let parents = try repairedParents(repair.parents)
        var events = redefinitions(parents)
        if let current = repair.current {
            if current != recordedCurrent || hasClaims {
                guard hasErrors else { throw .nothingToRepair(current: current) }
                events.append(.currentSet(current))
            }
        } else if hasClaims {
            events.append(.currentSet(youngestClaim))
        }
        return events
    }

    /// Returns whether a repair only restores parents that an earlier repair cut away.
    private func isReattachment(_ repair: Repair) -> Bool {
        repair.current == nil && !repair.parents.isEmpty
            && repair.parents.allSatisfy { detachedParent(of: $0) == $1 }
    }

    /// - Complexity: O(*n*).
    private func decideReattachment(_ parents: [CheckpointName: CheckpointName])
        throws(MomentlogError) -> [Event]
    {
        var moved: [Slot: Slot] = [:]
        for (name, parent) in parents.sorted(by: { $0.key < $1.key }) {
            guard let slot = liveSlot(named: name) else { throw .noCheckpoint(name) }
            guard let parentSlot = liveSlot(named: parent) else {
                throw .parentNotFound(parent, of: name)
            }
            moved[slot] = parentSlot
        }
        if let cycle = cycle(closedBy: moved, among: moved) { throw .parentCycle(cycle) }
        return redefinitions(moved)
    }

    /// Returns the events that give checkpoints other parents and leave the rest as it is.
    private func redefinitions(_ parents: [Slot: Slot]) -> [Event] {
        parents.map { (nodes[Int($0)].name, $0, $1) }.sorted { $0.0 < $1.0 }
            .map { _, slot, parent in
                var checkpoint = checkpoint(at: slot)
                checkpoint.parent = parent == Self.root ? nil : nodes[Int(parent)].name
                // A claim against others remains until the pointer is set.
                return .checkpointRedefined(
                    checkpoint, claimsCurrent: hasClaims && nodes[Int(slot)].claimsCurrent)
            }
    }

    /// The youngest of the checkpoints that claim to be current; nil if they do not contradict each
    /// other.
    ///
    /// - Complexity: O(*n*).
    var youngestClaim: CheckpointName? {
        guard hasClaims else { return nil }
        return liveSlots.filter { nodes[Int($0)].claimsCurrent }.max { precedes($0, $1) }
            .map { nodes[Int($0)].name }
    }

    /// Returns the checkpoints that get another parent, with the parent's slot or the root's.
    ///
    /// - Complexity: linear in the errors; if parents are given, O(*n*).
    private func repairedParents(
        _ asked: [CheckpointName: CheckpointName]
    ) throws(MomentlogError) -> [Slot: Slot] {
        var parents: [Slot: Slot] = [:]
        for slot in danglingSlots { parents[slot] = Self.root }
        for slot in cuts { parents[slot] = Self.root }
        guard !asked.isEmpty else { return parents }
        var cutOfMember: [Slot: Slot] = [:]
        for cut in cuts {
            for member in cycle(through: cut) { cutOfMember[member] = cut }
        }
        var moved: [Slot: Slot] = [:]
        for name in asked.keys.sorted() {
            guard let parent = asked[name] else { continue }
            guard let slot = liveSlot(named: name) else { throw .noCheckpoint(name) }
            guard parent != name else { throw .selfParent(name) }
            guard let parentSlot = liveSlot(named: parent) else {
                throw .parentNotFound(parent, of: name)
            }
            if let cut = cutOfMember[slot] {
                // The cycle is cut here instead of where it is shown.
                parents[cut] = nil
                moved[slot] = parentSlot
            } else if parents[slot] != nil || detachedParents[slot] == parent {
                moved[slot] = parentSlot
            } else if nodes[Int(slot)].parent != parentSlot {
                throw .parentNotAtFault(of: name, is: parentName(of: name), not: parent)
            }
        }
        parents.merge(moved) { _, asked in asked }
        if let cycle = cycle(closedBy: moved, among: parents) { throw .parentCycle(cycle) }
        return parents
    }

    /// The checkpoints whose parent is missing.
    ///
    /// - Complexity: linear in them.
    private var danglingSlots: [Slot] {
        list(after: nodes[Int(Self.missing)].firstChild)
            .flatMap { list(after: nodes[Int($0)].firstChild) }
    }

    private func list(after first: Slot) -> [Slot] {
        var slots: [Slot] = []
        var next = first
        while next != Self.none {
            slots.append(next)
            next = nodes[Int(next)].nextSibling
        }
        return slots
    }

    /// Returns the names of the cycle that these parents would close, up from a checkpoint that was
    /// moved; nil if there would be none.
    private func cycle(
        closedBy moved: [Slot: Slot], among parents: [Slot: Slot]
    ) -> [CheckpointName]? {
        var walk = [Slot](repeating: Self.none, count: nodes.count)
        for start in moved.keys.sorted(by: { nodes[Int($0)].name < nodes[Int($1)].name }) {
            var path: [Slot] = []
            var slot = start
            while slot > Self.missing, walk[Int(slot)] == Self.none {
                walk[Int(slot)] = start
                path.append(slot)
                slot = parents[slot] ?? nodes[Int(slot)].parent
            }
            guard slot > Self.missing, walk[Int(slot)] == start,
                let first = path.firstIndex(of: slot)
            else { continue }
            let cycle = path[first...]
            let member = cycle.firstIndex { moved[$0] != nil } ?? first
            return (cycle[member...] + cycle[..<member]).map { nodes[Int($0)].name }
        }
        return nil
    }
}
