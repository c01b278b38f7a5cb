extension Domain {
    /// Records checkpoints that a hypervisor created. One whose name another checkpoint has
    /// replaces it: the other one is deleted right before it.
    func decideRecord(
        _ redefinitions: [Redefinition], current: CheckpointName? = nil, _ context: DecisionContext
    ) throws(MomentlogError) -> [Event] {
        let given = try RedefinitionBatch(redefinitions)
        var events: [Event] = []
        var uuid = self.uuid
        if !isLive {
            let definition = try definition(in: given, context)
            events.append(definition.event)
            uuid = definition.uuid
        }
        let recording = try Recording(
            given, aligned(given, uuid: uuid), current: current, in: graph)
        return events + recording.events
    }

    /// Returns the redefinitions with their disks as they are recorded, parents first.
    private func aligned(
        _ given: RedefinitionBatch, uuid: DomainUUID?
    ) throws(MomentlogError) -> [Checkpoint] {
        var checkpoints: [Checkpoint] = []
        checkpoints.reserveCapacity(given.parentsFirst.count)
        for redefinition in given.parentsFirst {
            checkpoints.append(try aligned(redefinition, uuid: uuid))
        }
        return checkpoints
    }

    /// Defines the domain from the newest document that holds its definition.
    private func definition(
        in given: RedefinitionBatch, _ context: DecisionContext
    ) throws(MomentlogError) -> (event: Event, uuid: DomainUUID?) {
        let newest = given.parentsFirst.filter { $0.checkpoint.definition != nil }
            .max { $0.checkpoint.creationTime < $1.checkpoint.creationTime }
        guard let newest, let definition = newest.checkpoint.definition else {
            throw .noDomainToRecord(nameReference)
        }
        let name = context.domainName ?? self.name
        if let fault = DomainName.fault(in: name) { throw .domainName(.invalidXML, name, fault) }
        if let known = self.uuid, let given = newest.domainUUID, known != given {
            throw .foreignDefinition(newest, of: self, known)
        }
        if let holder = context.nameHolder { throw .domainExists(name, uuid: holder.uuid) }
        let uuid = newest.domainUUID ?? self.uuid
        return (.domainDefined(name: name, uuid: uuid, definition: definition), uuid)
    }
}

/// The events that record checkpoints in a graph.
private struct Recording {
    let events: [Event]

    /// - Parameters:
    ///   - given: The redefinitions.
    ///   - checkpoints: The same with its disks as they are recorded, parents first.
    ///   - asked: The checkpoint that becomes current; nil to follow the newest.
    /// - Complexity: O(*n*) in the redefinitions, plus the ancestors of the newest and of those
    ///   whose parents change; O(*n*) in the graph if names are reused.
    init(
        _ given: RedefinitionBatch, _ checkpoints: [Checkpoint], current asked: CheckpointName?,
        in graph: MomentGraph
    ) throws(MomentlogError) {
        var replaced: Set<CheckpointName> = []
        var unchanged: Set<CheckpointName> = []
        for checkpoint in checkpoints {
            guard let known = graph.checkpoint(named: checkpoint.name) else { continue }
            if known.creationTime != checkpoint.creationTime {
                replaced.insert(checkpoint.name)
            } else if known == checkpoint {
                unchanged.insert(checkpoint.name)
            } else {
                throw .recordedOtherwise(known, checkpoint)
            }
        }
        let rest = replaced.isEmpty ? graph : graph.deleting(checkpoints.map(\.name), replaced)
        // The deletion of a parent has moved a child that is recorded as it is given.
        let changed = checkpoints.filter {
            !unchanged.contains($0.name)
                || rest.parentName(of: $0.name) != $0.parent
        }
        if let asked, !given.names.contains(asked), !rest.contains(asked) {
            throw .noCheckpoint(asked)
        }
        let pointer = asked.map { name in
            rest.recordedCurrent == name && !rest.hasClaims ? nil : name
        }
        guard !changed.isEmpty else {
            events = pointer.flatMap { $0 }.map { [.currentSet($0)] } ?? []
            return
        }
        try rest.checkParents(in: try RedefinitionBatch(changed.map { Redefinition($0) }))
        var events: [Event] = []
        events.reserveCapacity(changed.count + replaced.count + 1)
        for checkpoint in changed {
            if replaced.contains(checkpoint.name) {
                events.append(.checkpointDeleted(checkpoint.name))
            }
            events.append(
                unchanged.contains(checkpoint.name)
                    ? .checkpointRedefined(
                        checkpoint,
                        claimsCurrent: rest.hasClaims && rest.claimsCurrent(checkpoint.name))
                    : .checkpointCreated(checkpoint))
        }
        if let current = pointer ?? Self.current(after: checkpoints, in: rest) {
            events.append(.currentSet(current))
        }
        self.events = events
    }

    /// The checkpoint to which the current pointer moves; nil if it stays.
    ///
    /// - Parameters:
    ///   - checkpoints: The given checkpoints, parents first.
    ///   - graph: The graph without those that are replaced.
    private static func current(after checkpoints: [Checkpoint], in graph: MomentGraph)
        -> CheckpointName?
    {
        // Several claims remain until one is chosen.
        guard !graph.hasClaims else { return nil }
        var byName: [CheckpointName: Checkpoint] = [:]
        for checkpoint in checkpoints { byName[checkpoint.name] = checkpoint }
        var depths = Depths(graph)
        var newest: (checkpoint: Checkpoint, depth: Int)?
        for checkpoint in checkpoints {
            let depth = depths.add(checkpoint)
            if let found = newest,
                (found.checkpoint.creationTime, found.depth, found.checkpoint.name)
                    >= (checkpoint.creationTime, depth, checkpoint.name)
            {
                continue
            }
            newest = (checkpoint, depth)
        }
        guard let newest else { return nil }
        guard let name = graph.recordedCurrent, let current = graph.checkpoint(named: name) else {
            return newest.checkpoint.name
        }
        guard name != newest.checkpoint.name else { return nil }
        let isNewer =
            (current.creationTime, depths[name])
            > (newest.checkpoint.creationTime, newest.depth)
        guard isNewer else { return newest.checkpoint.name }
        var seen: Set<CheckpointName> = []
        var next = newest.checkpoint.parent
        while let ancestor = next, seen.insert(ancestor).inserted {
            if ancestor == name { return newest.checkpoint.name }
            next = byName[ancestor].map(\.parent) ?? graph.parentName(of: ancestor)
        }
        return nil
    }
}

/// The number of ancestors of each checkpoint, including given ones.
private struct Depths {
    private let graph: MomentGraph
    private var depths: [CheckpointName: Int] = [:]

    init(_ graph: MomentGraph) { self.graph = graph }

    /// Adds a given checkpoint, after its parent if that is given as well.
    mutating func add(_ checkpoint: Checkpoint) -> Int {
        let depth = checkpoint.parent.map { self[$0] + 1 } ?? 0
        depths[checkpoint.name] = depth
        return depth
    }

    /// - Complexity: linear in the ancestors whose depth is not known yet.
    subscript(name: CheckpointName) -> Int {
        mutating get {
            var path: [CheckpointName] = []
            var next: CheckpointName? = name
            while let name = next, depths[name] == nil {
                // A cycle ends the walk.
                depths[name] = 0
                path.append(name)
                next = graph.parentName(of: name)
            }
            var depth = next.flatMap { depths[$0] } ?? -1
            for name in path.reversed() {
                depth += 1
                depths[name] = depth
            }
            return depths[name] ?? 0
        }
    }
}

extension MomentGraph {
    /// Returns the graph without some checkpoints; their children move as by their deletion.
    ///
    /// - Parameter order: Their names among others, in the order in which they are deleted.
    fileprivate func deleting(_ order: [CheckpointName], _ names: Set<CheckpointName>)
        -> MomentGraph
    {
        var graph = self
        for name in order where names.contains(name) { graph.delete(named: name) }
        graph.resolveCycles()
        return graph
    }
}

extension MomentlogError {
    fileprivate static func recordedOtherwise(
        _ known: Checkpoint, _ given: Checkpoint
    ) -> MomentlogError {
        MomentlogError(
            .exists,
            "domain moment \(given.name) already exists with the same creation time and another "
                + known.differences(from: given),
            hint: "redefine it to replace its metadata", suggestion: .redefine)
    }
}

extension Checkpoint {
    /// Returns the parts in which another checkpoint of the same name differs, as words.
    package func differences(from other: Checkpoint) -> String {
        var parts: [String] = []
        if parent != other.parent { parts.append("parent") }
        if creationTime != other.creationTime { parts.append("creation time") }
        if !description.hasSameBytes(as: other.description) { parts.append("description") }
        if disks != other.disks { parts.append("list of disks") }
        if definition != other.definition { parts.append("domain definition") }
        return parts.joined(separator: ", ")
    }
}
