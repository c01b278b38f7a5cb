extension MomentGraph {
    /// Deletes leaves first, so that no event moves a child that is deleted as well.
    func decideDelete(
        _ name: CheckpointName, _ scope: DeletionScope
    ) throws(MomentlogError) -> [Event] {
        guard contains(name) else { throw .noCheckpoint(name) }
        var names: [CheckpointName] = []
        if scope != .checkpoint {
            names = self.names(Listing(.descendants(of: name), order: .topological)) ?? []
            names.reverse()
        }
        if scope != .childrenOnly { names.append(name) }
        return deletions(of: names, heir: scope == .childrenOnly ? name : parentName(of: name))
    }

    /// Deletes each of several, leaves first. If the current one goes, the nearest ancestor that
    /// stays takes its place.
    ///
    /// - Complexity: O(*n*) in the checkpoints of the graph.
    func decideDelete(each names: [CheckpointName]) throws(MomentlogError) -> [Event] {
        var deleted: Set<CheckpointName> = []
        for name in names {
            guard contains(name) else { throw .noCheckpoint(name) }
            deleted.insert(name)
        }
        var heir = recordedCurrent
        var seen: Set<CheckpointName> = []
        while let name = heir, deleted.contains(name) {
            heir = seen.insert(name).inserted ? parentName(of: name) : nil
        }
        let order = (self.names(Listing(order: .topological)) ?? []).reversed()
        return deletions(of: order.filter(deleted.contains), heir: heir)
    }

    /// Returns the deletions in this order; if the current checkpoint is deleted, `heir` becomes
    /// current.
    func deletions(of names: [CheckpointName], heir: CheckpointName?) -> [Event] {
        var events = names.map { Event.checkpointDeleted($0) }
        guard hasClaims || recordedCurrent != nil else { return events }
        let deleted = Set(names)
        let recorded = recordedCurrent.flatMap { deleted.contains($0) ? nil : $0 }
        if hasClaims {
            // Several claims to be current remain until one is chosen: nothing is current then, and
            // moving the pointer would choose. A single remaining claim contradicts nothing, except
            // a pointer that was set before.
            let claims = currentClaims.filter { !deleted.contains($0) }
            if claims.count == 1 && recorded == nil { events.append(.currentSet(claims[0])) }
            guard claims.isEmpty else { return events }
        }
        guard recordedCurrent != nil, recorded == nil else { return events }
        // A parent may be missing, or part of what is deleted in a cycle.
        let isThere = heir.map { contains($0) && !deleted.contains($0) } ?? false
        events.append(.currentSet(isThere ? heir : nil))
        return events
    }

    func decideSetCurrent(_ name: CheckpointName?) throws(MomentlogError) -> [Event] {
        if let name, !contains(name) { throw .noCheckpoint(name) }
        let isSoAlready = recordedCurrent == name && !hasClaims
        return isSoAlready ? [] : [.currentSet(name)]
    }
}
