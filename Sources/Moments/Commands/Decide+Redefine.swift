extension Domain {
    func decideRedefine(
        _ redefinitions: [Redefinition], _ context: DecisionContext
    ) throws(MomentlogError) -> [Event] {
        let batch = try RedefinitionBatch(redefinitions)
        try graph.checkParents(in: batch)
        let validation = context.images.map {
            BitmapValidation($0, domainDisks: context.disks)
        }
        var events: [Event] = []
        events.reserveCapacity(redefinitions.count + 1)
        for redefinition in batch.parentsFirst {
            // A claim against others remains until it is resolved or withdrawn.
            let claims =
                redefinition.claimsCurrent
                ?? graph.claimsCurrent(redefinition.checkpoint.name)
            let checkpoint = try aligned(redefinition, uuid: uuid)
            try validation?.check(checkpoint)
            events.append(
                .checkpointRedefined(
                    checkpoint, claimsCurrent: graph.hasClaims && claims))
        }
        if let current = graph.currentMoved(by: batch) { events.append(.currentSet(current)) }
        return events
    }

    /// Returns the metadata with its disks as they are recorded.
    ///
    /// - Parameter uuid: The domain's UUID, if it is known.
    func aligned(
        _ redefinition: Redefinition, uuid: DomainUUID?
    ) throws(MomentlogError) -> Checkpoint {
        var checkpoint = redefinition.checkpoint
        guard checkpoint.definition != nil else {
            // The former disks are not known, so they stay as they are given.
            var names: Set<[UInt8]> = []
            for disk in checkpoint.disks where !names.insert(Array(disk.name.utf8)).inserted {
                throw .duplicateDisk(disk.name, target: disk.name, checkpoint.name)
            }
            checkpoint.disks = checkpoint.disks.map { $0.withBitmapName(checkpoint.name) }
            return checkpoint
        }
        if let uuid, checkpoint.isForeign(holding: redefinition.domainUUID, to: uuid) {
            throw .foreignDefinition(redefinition, of: self, uuid)
        }
        checkpoint.disks = try DiskAlignment(domainDisks: redefinition.domainDisks)
            .aligned(checkpoint.disks, of: checkpoint.name)
        return checkpoint
    }
}

extension Checkpoint {
    /// Returns whether its document holds the definition of another domain. A definition without a
    /// UUID does not belong to a domain with one: libvirt gives it a new UUID.
    ///
    /// - Parameters:
    ///   - definitionUUID: The UUID in the definition that the document holds.
    ///   - uuid: The domain's UUID.
    func isForeign(holding definitionUUID: DomainUUID?, to uuid: DomainUUID) -> Bool {
        definitionUUID != uuid && (definition != nil || definitionUUID != nil)
    }
}

extension MomentGraph {
    /// Refuses parents that are missing or would close a cycle.
    ///
    /// - Complexity: O(*n*) in the redefinitions, plus the ancestors of those that have
    ///   children and get another parent.
    func checkParents(in batch: RedefinitionBatch) throws(MomentlogError) {
        var withChildren: Set<CheckpointName> = []
        for name in batch.names {
            guard let parent = batch[name]?.checkpoint.parent else { continue }
            guard parent != name else { throw .selfParent(name) }
            guard batch[parent] != nil || contains(parent) else {
                throw .parentNotFound(parent, of: name)
            }
            if batch[parent] != nil { withChildren.insert(parent) }
        }
        // Every new cycle contains a checkpoint that has children and gets another parent. Walking
        // up from each of them finds all cycles; a walk stops where an earlier one has been.
        var walks: [CheckpointName: Int] = [:]
        for (walk, start) in batch.names.enumerated() {
            let hasChildren = withChildren.contains(start) || self.hasChildren(start)
            let parent = batch[start]?.checkpoint.parent
            let isMoved = !contains(start) || parent != parentName(of: start)
            guard hasChildren, isMoved || hasCycles else { continue }
            var path: [CheckpointName] = []
            var next: CheckpointName? = start
            while let name = next, walks[name] == nil {
                walks[name] = walk
                path.append(name)
                next = batch[name].map(\.checkpoint.parent) ?? parentName(of: name)
            }
            guard let end = next, walks[end] == walk, let first = path.firstIndex(of: end)
            else { continue }
            let cycle = Array(path[first...])
            // A cycle that existed before and is not touched does not count.
            guard let member = cycle.firstIndex(where: { batch[$0] != nil }) else { continue }
            throw .parentCycle(Array(cycle[member...] + cycle[..<member]))
        }
    }

    /// The new position of the current pointer; nil if it stays.
    ///
    /// A checkpoint that is redefined while none is current becomes current, and so does one whose
    /// parent is current. Pointers are compared as recorded: graph errors suspend the pointer, but
    /// do not move it.
    fileprivate func currentMoved(by batch: RedefinitionBatch) -> CheckpointName? {
        if let claimed = batch.claimedCurrent {
            return claimed == recordedCurrent && !hasClaims ? nil : claimed
        }
        if hasClaims {
            // Several claims remain until one is chosen, or all but one are withdrawn.
            let claims = currentClaims.filter { batch[$0]?.claimsCurrent != false }
            if claims.count > 1 { return nil }
            if let last = claims.first { return recordedCurrent == nil ? last : nil }
        }
        var current = recordedCurrent
        for redefinition in batch.parentsFirst {
            let checkpoint = redefinition.checkpoint
            if current == nil || checkpoint.parent == current { current = checkpoint.name }
        }
        return current == recordedCurrent ? nil : current
    }
}
