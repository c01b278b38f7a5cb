extension MomentGraph {
    /// Returns the checkpoints of a listing; nil if it starts from one that is missing.
    ///
    /// - Complexity: O(*n* log *n*) in the checkpoints of the scope and below it.
    public func list(_ listing: Listing = Listing()) -> [Moment]? {
        guard let slots = slots(listing) else { return nil }
        let descendants = descendantCounts()
        return slots.map { moment(at: $0, descendantCount: Int(descendants[Int($0)])) }
    }

    /// Returns the names of the checkpoints of a listing; nil if it starts from one that is
    /// missing.
    ///
    /// - Complexity: O(*n* log *n*) in the checkpoints of the scope and below it.
    public func names(_ listing: Listing = Listing()) -> [CheckpointName]? {
        slots(listing)?.map { nodes[Int($0)].name }
    }

    /// Calls a closure with each checkpoint, parents first, and its depth: 0 for a root or for the
    /// checkpoint `name`, whose descendants alone follow.
    ///
    /// Returns false, having called nothing, if that checkpoint is missing.
    ///
    /// - Complexity: O(*n* log *n*) in the checkpoints visited.
    public func forEachInTree<Failure: Error>(
        from name: CheckpointName? = nil,
        _ body: (_ place: TreePlace) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        var pending: [(slot: Slot, depth: Int, isLast: Bool)] = []
        if let name {
            guard let slot = liveSlot(named: name) else { return false }
            pending.append((slot, 0, true))
        } else {
            let roots = shownRoots()
            for (offset, slot) in roots.enumerated().reversed() {
                pending.append((slot, 0, offset == roots.count - 1))
            }
        }
        while let (slot, depth, isLast) = pending.popLast() {
            let node = nodes[Int(slot)]
            try body(
                TreePlace(
                    name: node.name, depth: depth, isLastSibling: isLast,
                    hasChildren: node.childCount > 0))
            let children = children(of: slot)
            for (offset, child) in children.enumerated().reversed() {
                pending.append((child, depth + 1, offset == children.count - 1))
            }
        }
        return true
    }

    /// A checkpoint's position when the graph is drawn as a tree.
    public struct TreePlace: Sendable, Hashable {
        /// The checkpoint's name.
        public let name: CheckpointName
        /// The number of its ancestors.
        public let depth: Int
        /// Whether it is the last of its siblings.
        public let isLastSibling: Bool
        /// Whether it has children.
        public let hasChildren: Bool
    }

    /// Returns the order in which redefining the checkpoints gives a libvirt the same graph, and
    /// whether its current checkpoint will be the same.
    ///
    /// In libvirt a redefined checkpoint becomes current if none is or if its parent is. So the
    /// path from the root to the current checkpoint comes first, then the rest, parents before
    /// children. A current checkpoint that has children cannot be restored this way, since they
    /// take the pointer.
    ///
    /// - Complexity: O(*n* log *n*).
    public func redefinitionOrder() -> (names: [CheckpointName], keepsCurrent: Bool) {
        var path: [Slot] = []
        var isOnPath = [Bool](repeating: false, count: nodes.count)
        if current != nil {
            var slot = recordedCurrentSlot
            while slot > Self.missing {
                path.append(slot)
                isOnPath[Int(slot)] = true
                slot = nodes[Int(slot)].parent
            }
            path.reverse()
        }
        let rest = preorder(from: shownRoots()).filter { !isOnPath[Int($0)] }
        let keepsCurrent =
            current == nil ? isEmpty : nodes[Int(recordedCurrentSlot)].childCount == 0
        return ((path + rest).map { nodes[Int($0)].name }, keepsCurrent)
    }

    /// The checkpoints that libvirt refuses to redefine in the order of ``redefinitionOrder()``:
    /// those whose parent is missing or, in a cycle, comes later, and all their descendants.
    /// Parents come before their children.
    ///
    /// - Complexity: O(1) if there are none, else O(*n* log *n*).
    public var refusedByLibvirt: [CheckpointName] {
        guard nodes[Int(Self.missing)].childCount > 0 || !cuts.isEmpty else { return [] }
        let lost = shownRoots().filter { nodes[Int($0)].parent != Self.root }
        return preorder(from: lost).map { nodes[Int($0)].name }
    }

    // MARK: Slots

    private func slots(_ listing: Listing) -> [Slot]? {
        var slots: [Slot]
        switch listing.scope {
        case .all:
            slots = listing.order == .topological ? preorder(from: shownRoots()) : Array(liveSlots)
        case .roots:
            slots = shownRoots()
        case .children(of: let name):
            guard let slot = liveSlot(named: name) else { return nil }
            slots = children(of: slot)
        case .descendants(of: let name):
            guard let slot = liveSlot(named: name) else { return nil }
            slots = preorder(from: children(of: slot))
        }
        switch listing.leaves {
        case .included: break
        case .only: slots.removeAll { nodes[Int($0)].childCount > 0 }
        case .excluded: slots.removeAll { nodes[Int($0)].childCount == 0 }
        }
        if let since = listing.since {
            slots.removeAll { nodes[Int($0)].creationTime < since.seconds }
        }
        if let before = listing.before {
            slots.removeAll { nodes[Int($0)].creationTime >= before.seconds }
        }
        switch listing.order {
        case .creation: sort(&slots)
        case .topological: break
        case .name: slots.sort { nodes[Int($0)].name < nodes[Int($1)].name }
        }
        return slots
    }

    /// Returns the checkpoints that are shown as roots, by creation time.
    func shownRoots() -> [Slot] {
        var roots = cuts
        append(childrenOf: Self.root, to: &roots)
        var missing = nodes[Int(Self.missing)].firstChild
        while missing != Self.none {
            append(childrenOf: missing, to: &roots)
            missing = nodes[Int(missing)].nextSibling
        }
        sort(&roots)
        return roots
    }

    /// Returns a node's children by creation time, except one whose link is cut.
    func children(of slot: Slot) -> [Slot] {
        var children: [Slot] = []
        children.reserveCapacity(Int(nodes[Int(slot)].childCount))
        append(childrenOf: slot, to: &children)
        sort(&children)
        return children
    }

    private func append(childrenOf slot: Slot, to slots: inout [Slot]) {
        var child = nodes[Int(slot)].firstChild
        while child != Self.none {
            if !nodes[Int(child)].isCut { slots.append(child) }
            child = nodes[Int(child)].nextSibling
        }
    }

    /// Returns each of the slots followed by all its descendants, siblings by creation time.
    func preorder(from start: [Slot]) -> [Slot] {
        var order: [Slot] = []
        var pending = Array(start.reversed())
        while let slot = pending.popLast() {
            order.append(slot)
            let first = nodes[Int(slot)].firstChild
            if first != Self.none, nodes[Int(first)].nextSibling == Self.none {
                // An only child is already sorted.
                if !nodes[Int(first)].isCut { pending.append(first) }
            } else if first != Self.none {
                pending.append(contentsOf: children(of: slot).reversed())
            }
        }
        return order
    }

    /// Returns the number of descendants of each node.
    private func descendantCounts() -> [Int32] {
        var counts = [Int32](repeating: 0, count: nodes.count)
        for slot in preorder(from: shownRoots()).reversed() where !nodes[Int(slot)].isCut {
            counts[Int(nodes[Int(slot)].parent)] += counts[Int(slot)] + 1
        }
        return counts
    }

    /// Sorts by creation time, then by name. Most lists are sorted already, which a first pass
    /// detects.
    private func sort(_ slots: inout [Slot]) {
        let isSorted = zip(slots, slots.dropFirst()).allSatisfy { precedes($0, $1) }
        if !isSorted { slots.sort(by: precedes) }
    }

    /// Returns whether a checkpoint was created before another.
    func precedes(_ left: Slot, _ right: Slot) -> Bool {
        let (left, right) = (nodes[Int(left)], nodes[Int(right)])
        return left.creationTime == right.creationTime
            ? left.name < right.name : left.creationTime < right.creationTime
    }
}
