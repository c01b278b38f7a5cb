extension MomentGraph {
    /// Applies the next event of the domain. Events that are not about checkpoints change nothing
    /// here.
    ///
    /// - Throws: ``InconsistentEvent`` if the event does not fit the graph, which no decided event
    ///   does. The graph is unchanged then.
    /// - Complexity: O(1) expected for all but deletions, which are linear in the
    ///   children that move. On a graph with a cycle, and where a checkpoint that
    ///   has children gets another parent, linear in the graph.
    public mutating func apply(_ event: Event) throws(InconsistentEvent) {
        try apply(contentsOf: CollectionOfOne(event))
    }

    /// Applies the events of one commit.
    ///
    /// - Throws: ``InconsistentEvent`` at the first event that does not fit. Those before it have
    ///   been applied then.
    /// - Complexity: that of ``apply(_:)`` for each, but what is linear in the
    ///   graph is done once.
    public mutating func apply(contentsOf events: some Sequence<Event>) throws(InconsistentEvent) {
        beginCommit()
        for event in events {
            do {
                try applyUnsettled(event)
            } catch {
                resolveCycles()
                throw error
            }
        }
        resolveCycles()
    }

    /// Separates the events of a commit from those before.
    package mutating func beginCommit() { lastDeleted = nil }

    /// As ``apply(_:)``, but leaves cycles unresolved, and the commit open: no query may
    /// follow before ``resolveCycles()``.
    package mutating func applyUnsettled(_ event: Event) throws(InconsistentEvent) {
        switch event {
        case .checkpointCreated(let checkpoint):
            try put(content(of: checkpoint), isNew: true, claimsCurrent: false)
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            try put(content(of: checkpoint), isNew: false, claimsCurrent: claims)
        case .checkpointDeleted(let name):
            guard delete(named: name) else {
                throw InconsistentEvent("checkpoint '\(name)' is deleted, but does not exist")
            }
        case .currentSet(let name):
            try setCurrent(name)
        case .bitmapObserved(let observation):
            try observe(observation)
        case .findingAcknowledged(let acknowledgement):
            try acknowledge(acknowledgement)
        case .domainDefined, .domainRenamed, .domainUndefined, .settingsChanged, .lossAccepted:
            break
        }
    }

    private mutating func setCurrent(_ name: CheckpointName?) throws(InconsistentEvent) {
        var slot = Self.none
        if let name {
            guard let found = liveSlot(named: name) else {
                throw InconsistentEvent("checkpoint '\(name)' becomes current, but does not exist")
            }
            slot = found
        }
        recordedCurrentSlot = slot
        areClaimsSettled = true
    }

    /// Stores the verdict on a checkpoint's data; an orphan belongs to no checkpoint.
    ///
    /// It outlives a redefinition, which does not touch data, unless that describes other data.
    private mutating func observe(_ seen: BitmapObservation) throws(InconsistentEvent) {
        guard let name = seen.checkpoint else { return }
        guard let slot = liveSlot(named: name) else {
            throw InconsistentEvent("checkpoint '\(name)' is observed, but does not exist")
        }
        let health = DiskHealth(
            disk: seen.disk, verdict: seen.verdict, observationTime: seen.observationTime)
        let known = nodes[Int(slot)].health
        var list = healths[known] ?? []
        if let place = list.firstIndex(where: { $0.disk.hasSameBytes(as: seen.disk) }) {
            list[place] = health
        } else {
            list.append(health)
        }
        nodes[Int(slot)].health = healths.retain(list)
        healths.release(known)
    }

    /// A checkpoint whose shared values are in the tables, their uses counted.
    struct Content {
        var name: CheckpointName
        var details: String?
        var parent: CheckpointName?
        var creationTime: Int64
        var disks: InternTable<[DiskEntry]>.ID
        var definition: InternTable<DefinitionDigest>.ID
    }

    private mutating func content(of checkpoint: Checkpoint) -> Content {
        Content(
            name: checkpoint.name, details: checkpoint.description, parent: checkpoint.parent,
            creationTime: checkpoint.creationTime.seconds,
            disks: retain(checkpoint.disks, of: checkpoint.name),
            definition: checkpoint.definition.map { definitions.retain($0) }
                ?? InternTable<DefinitionDigest>.none)
    }

    /// - Parameter isNew: Whether the name must not exist yet.
    mutating func put(
        _ checkpoint: Content, isNew: Bool, claimsCurrent: Bool
    ) throws(InconsistentEvent) {
        let known = names.slot(of: checkpoint.name, in: nodes)
        if isNew, let known, nodes[Int(known)].state == .live {
            diskLists.release(checkpoint.disks)
            definitions.release(checkpoint.definition)
            throw InconsistentEvent("checkpoint '\(checkpoint.name)' is created twice")
        }
        let cutParent = known.flatMap { self.cutParent(of: $0, by: checkpoint) }
        let slot = known ?? allocate(name: checkpoint.name, parent: Self.root)
        var isLinked = false
        switch nodes[Int(slot)].state {
        case .live:
            isLinked = true
            dropVerdicts(of: slot, before: checkpoint)
            release(slot)
        case .missing:
            unlink(slot)
            count += 1
        case .free, .sentinel:
            count += 1
        }
        nodes[Int(slot)].state = .live
        nodes[Int(slot)].details = checkpoint.details
        nodes[Int(slot)].creationTime = checkpoint.creationTime
        nodes[Int(slot)].disks = checkpoint.disks
        nodes[Int(slot)].definition = checkpoint.definition
        if claimsCurrent && areClaimsSettled {
            // New claims: those that were resolved no longer contradict any.
            if claimCount > 0 {
                for slot in nodes.indices { nodes[slot].claimsCurrent = false }
                claimCount = 0
            }
            areClaimsSettled = false
        }
        if nodes[Int(slot)].claimsCurrent != claimsCurrent {
            nodes[Int(slot)].claimsCurrent = claimsCurrent
            claimCount += claimsCurrent ? 1 : -1
            if claimCount == 0 { areClaimsSettled = true }
        }
        noteDetachment(of: slot, from: cutParent)
        if !isLinked { noteNameReuse(slot) }
        let parent = checkpoint.parent.map { parentSlot(named: $0) } ?? Self.root
        if !isLinked {
            link(slot, under: parent)
        } else if nodes[Int(slot)].parent != parent {
            move(slot, under: parent)
        } else {
            // Which link of a cycle is left out depends on the times.
            isUnsettled = isUnsettled || !cuts.isEmpty
            return
        }
        // Only a checkpoint with children, if only itself, can close a cycle.
        if parent > Self.missing, nodes[Int(slot)].firstChild != Self.none { isUnsettled = true }
    }

    /// Drops the verdicts that were on other data than the new metadata describe: all if it is
    /// another checkpoint of the name, else those on disks with another bitmap.
    private mutating func dropVerdicts(of slot: Slot, before checkpoint: Content) {
        let node = nodes[Int(slot)]
        guard let list = healths[node.health] else { return }
        var kept: [DiskHealth] = []
        if node.creationTime == checkpoint.creationTime {
            guard node.disks != checkpoint.disks else { return }
            let (old, new) = (diskLists[node.disks] ?? [], diskLists[checkpoint.disks] ?? [])
            kept = list.filter { old.data(on: $0.disk) == new.data(on: $0.disk) }
            guard kept.count < list.count else { return }
        }
        nodes[Int(slot)].health =
            kept.isEmpty ? InternTable<[DiskHealth]>.none : healths.retain(kept)
        healths.release(node.health)
    }

    /// Deletes a checkpoint, and leaves cycles unresolved; returns whether it existed.
    @discardableResult
    mutating func delete(named name: CheckpointName) -> Bool {
        guard let slot = liveSlot(named: name) else { return false }
        delete(slot)
        return true
    }

    private mutating func delete(_ slot: Slot) {
        let parent = nodes[Int(slot)].parent
        lastDeleted = (nodes[Int(slot)].name, nodes[Int(slot)].creationTime)
        detachedParents[slot] = nil
        replacedTimes[slot] = nil
        var child = nodes[Int(slot)].firstChild
        while child != Self.none {
            let next = nodes[Int(child)].nextSibling
            if child != slot {
                // In a cycle of two the other checkpoint becomes a root; so do the children of a
                // checkpoint that was its own parent.
                move(child, under: parent == child || parent == slot ? Self.root : parent)
            }
            child = next
        }
        unlink(slot)
        dropIfUnused(parent)
        release(slot)
        healths.release(nodes[Int(slot)].health)
        names.remove(slot, in: nodes)
        if nodes[Int(slot)].claimsCurrent { claimCount -= 1 }
        if claimCount == 0 { areClaimsSettled = true }
        if recordedCurrentSlot == slot { recordedCurrentSlot = Self.none }
        count -= 1
        free(slot)
    }

    // MARK: Links

    private mutating func move(_ slot: Slot, under parent: Slot) {
        let old = nodes[Int(slot)].parent
        unlink(slot)
        link(slot, under: parent)
        if old != parent { dropIfUnused(old) }
    }

    /// Appends a node to the children of another.
    mutating func link(_ slot: Slot, under parent: Slot) {
        let last = nodes[Int(parent)].lastChild
        nodes[Int(slot)].parent = parent
        nodes[Int(slot)].previousSibling = last
        nodes[Int(slot)].nextSibling = Self.none
        if last == Self.none {
            nodes[Int(parent)].firstChild = slot
        } else {
            nodes[Int(last)].nextSibling = slot
        }
        nodes[Int(parent)].lastChild = slot
        nodes[Int(parent)].childCount += 1
    }

    /// Removes a node from the children of its parent.
    mutating func unlink(_ slot: Slot) {
        let parent = nodes[Int(slot)].parent
        let previous = nodes[Int(slot)].previousSibling
        let next = nodes[Int(slot)].nextSibling
        if previous == Self.none {
            nodes[Int(parent)].firstChild = next
        } else {
            nodes[Int(previous)].nextSibling = next
        }
        if next == Self.none {
            nodes[Int(parent)].lastChild = previous
        } else {
            nodes[Int(next)].previousSibling = previous
        }
        if nodes[Int(slot)].isCut {
            nodes[Int(slot)].isCut = false
        } else {
            nodes[Int(parent)].childCount -= 1
        }
        if !cuts.isEmpty { isUnsettled = true }
    }

    // MARK: Slots

    /// Returns the slot of a parent's name, creating a missing name if no checkpoint has it.
    private mutating func parentSlot(named name: CheckpointName) -> Slot {
        if let slot = names.slot(of: name, in: nodes) { return slot }
        let slot = allocate(name: name, parent: Self.missing)
        nodes[Int(slot)].state = .missing
        link(slot, under: Self.missing)
        return slot
    }

    /// Removes a missing name that no checkpoint names as its parent any more.
    private mutating func dropIfUnused(_ slot: Slot) {
        guard nodes[Int(slot)].state == .missing, nodes[Int(slot)].firstChild == Self.none
        else { return }
        unlink(slot)
        names.remove(slot, in: nodes)
        free(slot)
    }

    private mutating func allocate(name: CheckpointName, parent: Slot) -> Slot {
        let node = Node(
            name: name, details: nil, creationTime: 0, parent: parent,
            disks: InternTable<[DiskEntry]>.none,
            definition: InternTable<DefinitionDigest>.none, state: .free)
        let slot: Slot
        if firstFree == Self.none {
            slot = Slot(nodes.count)
            nodes.append(node)
        } else {
            slot = firstFree
            firstFree = nodes[Int(slot)].nextSibling
            nodes[Int(slot)] = node
        }
        names.insert(slot, in: nodes)
        return slot
    }

    private mutating func free(_ slot: Slot) {
        nodes[Int(slot)] = Node(
            name: "", details: nil, creationTime: 0, parent: Self.none,
            nextSibling: firstFree, disks: InternTable<[DiskEntry]>.none,
            definition: InternTable<DefinitionDigest>.none, state: .free)
        firstFree = slot
    }

    private mutating func retain(
        _ disks: [Disk], of name: CheckpointName
    ) -> InternTable<[DiskEntry]>.ID {
        disks.isEmpty
            ? InternTable<[DiskEntry]>.none
            : diskLists.retain(disks.map { DiskEntry($0, of: name) })
    }

    /// Releases the shared values of a node.
    private mutating func release(_ slot: Slot) {
        diskLists.release(nodes[Int(slot)].disks)
        definitions.release(nodes[Int(slot)].definition)
        nodes[Int(slot)].disks = InternTable<[DiskEntry]>.none
        nodes[Int(slot)].definition = InternTable<DefinitionDigest>.none
    }
}
