extension Domain {
    func decidePull(
        _ pull: Pull, _ context: DecisionContext
    ) throws(MomentlogError) -> PullDecision {
        var pull = pull
        pull.observed = pull.observed.withoutPlaceholder
        var decision = PullDecision(
            domain: isLive ? nameReference : DomainReference(pull.observed.name))
        if let conflict = conflict(with: pull, context) {
            decision.result = .conflict
            decision.findings = [conflict]
            return decision
        }
        let recorded = isLive ? graph : MomentGraph()
        let observed = pull.observed
        let pruned =
            pull.recordsPruned
            ? [] : pull.observed.removePruned(pull.evidence.pruned, recorded: recorded)
        if !pruned.isEmpty {
            decision.findings = [.unknownHere(pruned, in: decision.domain, pull.evidence)]
        }
        let comparison = DomainComparison(recorded, pull.observed, pull.evidence)
        if pull.evidence.isStaleSource, !comparison.isEqual {
            decision.result = .conflict
            decision.findings = [.staleSource(decision.domain, pull.evidence)]
            return decision
        }
        let reuses = comparison.replaced.compactMap { checkpoint in
            recorded.checkpoint(named: checkpoint.name).map {
                Finding.nameReuse(
                    of: checkpoint, replaced: $0.creationTime, domain: decision.domain,
                    severity: .error)
            }
        }
        let unsettled = pull.acceptsGone ? [] : comparison.unsettled(in: recorded, pull.evidence)
        let lost = pull.acceptsGone ? [] : comparison.lost(from: recorded, pull.evidence)
        if !unsettled.isEmpty || !lost.isEmpty {
            decision.result = .lost
            if !unsettled.isEmpty {
                decision.findings.append(
                    .unsettled(unsettled, in: decision.domain, pull.evidence))
            }
            if !lost.isEmpty {
                decision.findings.append(
                    .lost(
                        lost, comparison, in: decision.domain, pull.evidence, pruned: pruned,
                        keeps: pull.keepsLost))
            }
            decision.findings = (decision.findings + reuses).sorted()
            guard pull.keepsLost else { return decision }
            var recording = PullRecording(self, observed: observed)
            try recording.recordCertain(comparison, except: Set(lost), pull)
            decision.events = recording.events
            decision.isCurrentKnown = recording.isCurrentKnown
            return decision
        }
        guard isLive || !pull.observed.checkpoints.isEmpty || pull.recordsDefinitions else {
            return decision
        }
        var recording = PullRecording(self, observed: observed)
        try recording.defineDomain(pull)
        try recording.record(comparison, pull)
        decision.domain = recording.domain.nameReference
        decision.events = recording.events
        decision.result = recording.events.isEmpty ? .unchanged : .recorded
        decision.isCurrentKnown = recording.isCurrentKnown
        decision.findings =
            (decision.findings + reuses
            + recording.domain.graph.findings(domain: decision.domain).filter {
                // A name that is reused in this commit is reported as an error.
                !($0.kind == .nameReused && reuses.map(\.checkpoints).contains($0.checkpoints))
            }).sorted()
        return decision
    }

    /// Returns why nothing of a domain can be recorded; nil if it can.
    private func conflict(with pull: Pull, _ context: DecisionContext) -> Finding? {
        let observed = pull.observed
        if let fault = DomainName.fault(in: observed.name) {
            return Finding(
                .invalidName, domain: isLive ? nameReference : nil, checkpoints: [],
                message: "the domain's name \(observed.name.debugDescription) \(fault)")
        }
        let isNew = !isLive && (!observed.checkpoints.isEmpty || pull.recordsDefinitions)
        let isRenamed = isLive && !DomainName.isSame(name, observed.name)
        guard isNew || isRenamed, let holder = context.nameHolder else { return nil }
        let holderUUID = holder.uuid?.description ?? "unknown"
        let uuid = observed.uuid?.description ?? "unknown"
        return isNew
            ? Finding(
                .otherDomain, domain: DomainReference(observed.name), checkpoints: [],
                message: "the domain '\(observed.name)' with uuid \(uuid) is not the recorded one"
                    + " of that name, whose uuid is \(holderUUID): nothing of it is recorded until"
                    + " the recorded one is undefined or renamed",
                remedies: [])
            : Finding(
                .nameTaken, domain: nameReference, checkpoints: [],
                message: "the domain '\(name)' is named '\(observed.name)' there, and another"
                    + " recorded domain, whose uuid is \(holderUUID), has that name")
    }
}

extension DomainComparison {
    /// The missing checkpoints of which nothing shows that they were deleted.
    func lost(from recorded: MomentGraph, _ evidence: Evidence) -> [CheckpointName] {
        // Another checkpoint with the name of one shows that its bitmap is gone.
        guard !hasOrphans, evidence.isPersistent, !kept.isEmpty || !replaced.isEmpty else {
            return missing
        }
        return missing.filter { name in
            recorded.checkpoint(named: name).map { !evidence.showsDeletion(of: $0) } ?? true
        }
    }

    /// Whether the observed domain has checkpoints that the record does not.
    var hasNew: Bool { !new.isEmpty || !replaced.isEmpty }
}

/// The events of a pull, and the domain after them.
private struct PullRecording {
    private(set) var events: [Event] = []
    private(set) var domain: Domain
    private(set) var isCurrentKnown = true
    /// All that libvirt has, also what the record leaves out.
    private let observed: ObservedDomain

    init(_ domain: Domain, observed: ObservedDomain) {
        self.domain = domain
        self.observed = observed
        self.domain.beginCommit()
    }

    mutating func defineDomain(_ pull: Pull) throws(MomentlogError) {
        let observed = pull.observed
        let definition = observed.definition
        let isKnown = domain.isLive && domain.uuid != nil && domain.definition != nil
        let isChanged =
            pull.recordsDefinitions && definition != nil && !pull.evidence.hidesSecrets
            && !pull.evidence.isSame(domain.definition, definition)
        if domain.isLive, !DomainName.isSame(domain.name, observed.name) {
            try append(.domainRenamed(to: observed.name))
        }
        let isNew = !domain.isLive || domain.uuid == nil
        guard isNew || isChanged || !isKnown && definition != nil else { return }
        try append(
            .domainDefined(
                name: observed.name, uuid: observed.uuid ?? domain.uuid,
                definition: isChanged || domain.definition == nil
                    ? definition : domain.definition))
    }

    mutating func record(
        _ comparison: DomainComparison, _ pull: Pull
    ) throws(MomentlogError) {
        let recorded = domain.graph
        for name in comparison.missing { try append(.checkpointDeleted(name)) }
        let added = try add(comparison, recorded, pull)
        for (checkpoint, fields) in comparison.changed {
            try redefine(checkpoint, fields, recorded, pull.evidence)
        }
        domain.resolveCycles()
        // Several deletions in another order can leave a link that was not observed.
        for checkpoint in pull.observed.checkpoints {
            let parent = domain.graph.parentName(of: checkpoint.name)
            if parent != checkpoint.parent {
                try redefine(checkpoint, [.parent], recorded, pull.evidence)
            }
        }
        domain.resolveCycles()
        try setCurrent(added, recorded, pull)
    }

    /// Records only the checkpoints that the record does not have, and certain deletions.
    ///
    /// - Parameter lost: What stays recorded although it is missing.
    mutating func recordCertain(
        _ comparison: DomainComparison, except lost: Set<CheckpointName>, _ pull: Pull
    ) throws(MomentlogError) {
        let recorded = domain.graph
        let deleted = comparison.missing.filter { !lost.contains($0) }
        guard !deleted.isEmpty || comparison.hasNew else { return }
        for name in deleted { try append(.checkpointDeleted(name)) }
        let added = try add(comparison, recorded, pull)
        domain.resolveCycles()
        try setCurrent(added, recorded, pull)
    }

    /// - Returns: What was added.
    private mutating func add(
        _ comparison: DomainComparison, _ recorded: MomentGraph, _ pull: Pull
    ) throws(MomentlogError) -> [Checkpoint] {
        let since = pull.evidence.previous?.time
        var expectedParent = domain.graph.recordedCurrent
        let added = comparison.new + comparison.replaced
        for index in FamilyOrder(added).indices {
            let checkpoint = added[index]
            if recorded.contains(checkpoint.name) {
                try append(.checkpointDeleted(checkpoint.name))
            }
            let isRecent = since.map { checkpoint.isCreated(since: $0) } ?? false
            let isExpected =
                domain.graph.isEmpty || checkpoint.parent == expectedParent
            if isRecent && isExpected || recorded.contains(checkpoint.name) {
                try append(.checkpointCreated(checkpoint))
                expectedParent = checkpoint.name
            } else {
                try append(.checkpointRedefined(checkpoint, claimsCurrent: false))
            }
        }
        return added
    }

    private mutating func redefine(
        _ observed: Checkpoint, _ fields: [DomainComparison.Field], _ recorded: MomentGraph,
        _ evidence: Evidence
    ) throws(MomentlogError) {
        var checkpoint = observed
        let known = recorded.checkpoint(named: observed.name)
        if let known, known.creationTime == observed.creationTime {
            let isSame = evidence.isSame(known.definition, observed.definition)
            // A definition whose secrets are hidden is not complete.
            if isSame || evidence.hidesSecrets { checkpoint.definition = known.definition }
            if fields == [.domain], evidence.hidesSecrets { return }
        }
        try append(
            .checkpointRedefined(
                checkpoint,
                claimsCurrent: recorded.hasClaims && recorded.claimsCurrent(observed.name)))
    }

    /// Moves the current pointer to where the observation shows it, or may show it.
    private mutating func setCurrent(
        _ added: [Checkpoint], _ recorded: MomentGraph, _ pull: Pull
    ) throws(MomentlogError) {
        let graph = domain.graph
        guard !graph.hasErrors else {
            isCurrentKnown = false
            let isGone = recorded.recordedCurrent != nil && graph.recordedCurrent == nil
            if isGone, !graph.hasClaims { try append(.currentSet(nil)) }
            return
        }
        var current = graph.recordedCurrent
        if let leaf = libvirtCurrent, graph.contains(leaf) {
            current = leaf
        } else if !graph.isEmpty {
            isCurrentKnown = false
            let since = pull.evidence.previous?.time
            let recent = added.filter { checkpoint in
                since.map { checkpoint.isCreated(since: $0) } ?? false
            }
            let youngest = recent.max {
                ($0.creationTime, $0.name) < ($1.creationTime, $1.name)
            }
            current = youngest?.name ?? current ?? nearestAncestor(in: recorded)
        }
        // A deleted checkpoint loses the pointer, which the log states.
        if current != graph.recordedCurrent || current == nil && recorded.recordedCurrent != nil {
            try append(.currentSet(current))
        }
    }

    /// The leaf, if libvirt has a single chain.
    private var libvirtCurrent: CheckpointName? {
        let graph = domain.graph
        let isWhole =
            observed.checkpoints.count == graph.count
            && observed.checkpoints.allSatisfy { graph.contains($0.name) }
        return (isWhole ? graph : observed.graph).libvirtCurrentAtStart
    }

    /// Returns the nearest remaining ancestor of the recorded current checkpoint, which was
    /// deleted.
    private func nearestAncestor(in recorded: MomentGraph) -> CheckpointName? {
        var seen: Set<CheckpointName> = []
        var next = recorded.recordedCurrent
        while let name = next, seen.insert(name).inserted {
            if domain.graph.contains(name) { return name }
            next = recorded.parentName(of: name)
        }
        return nil
    }

    private mutating func append(_ event: Event) throws(MomentlogError) {
        events.append(event)
        do {
            try domain.applyUnsettled(event)
        } catch {
            throw MomentlogError(
                .corrupt, "the observation of '\(domain.name)' contradicts itself: \(error)",
                cause: error)
        }
    }
}

extension Checkpoint {
    /// Returns whether it was created at a time or later, to the precision of whole seconds.
    fileprivate func isCreated(since time: Timestamp) -> Bool {
        creationTime >= CreationTime(time)
    }
}
