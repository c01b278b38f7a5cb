extension MomentGraph {
    /// Returns the creation time of the checkpoint that had this one's name before, if it was still
    /// recorded when this one took the name, and nobody has acknowledged that since.
    ///
    /// - Complexity: O(1) expected.
    public func replacedTime(of name: CheckpointName) -> CreationTime? {
        liveSlot(named: name).flatMap { replacedTime(at: $0) }
    }

    /// Whether another checkpoint of this one's name is recorded.
    func isReuse(of checkpoint: Checkpoint) -> Bool {
        self.checkpoint(named: checkpoint.name).map {
            $0.creationTime != checkpoint.creationTime
        } ?? false
    }

    /// Returns the creation time of the checkpoint whose name was reused; nil also for one that was
    /// redefined with the time of the one before.
    func replacedTime(at slot: Slot) -> CreationTime? {
        replacedTimes[slot].flatMap {
            $0 == nodes[Int(slot)].creationTime ? nil : CreationTime(seconds: $0)
        }
    }

    /// Remembers the checkpoint that the same commit deleted to record this one.
    mutating func noteNameReuse(_ slot: Slot) {
        guard let deleted = lastDeleted, deleted.name == nodes[Int(slot)].name,
            deleted.creationTime != nodes[Int(slot)].creationTime
        else { return }
        replacedTimes[slot] = deleted.creationTime
    }

    /// Acknowledges a name that was reused.
    mutating func acknowledge(
        _ acknowledgement: Acknowledgement
    ) throws(InconsistentEvent) {
        guard let slot = liveSlot(named: acknowledgement.checkpoint) else {
            throw InconsistentEvent(
                "a finding of checkpoint '\(acknowledgement.checkpoint)' is acknowledged, but it"
                    + " does not exist")
        }
        if acknowledgement.finding == .nameReused { replacedTimes[slot] = nil }
    }
}

extension Domain {
    /// Returns the reused names in the events of one commit: a checkpoint is recorded under the
    /// name of another that was still recorded, and is deleted by the same commit. The severity is
    /// error.
    ///
    /// Such a commit contains the deletion right before the event that records the other
    /// checkpoint.
    ///
    /// - Parameter events: The events that follow this state of the domain.
    /// - Complexity: O(*n*) in the events.
    public func nameReuses(by events: some Sequence<Event>) -> [Finding] {
        var findings: [Finding] = []
        var name = self.name
        var deleted: CheckpointName?
        for event in events {
            switch event {
            case .domainDefined(name: let newName, uuid: _, definition: _),
                .domainRenamed(to: let newName):
                name = newName
            case .checkpointDeleted(let checkpoint): deleted = checkpoint
            case .checkpointCreated(let checkpoint),
                .checkpointRedefined(let checkpoint, claimsCurrent: _):
                guard deleted == checkpoint.name,
                    let before = graph.checkpoint(named: checkpoint.name),
                    before.creationTime != checkpoint.creationTime
                else { continue }
                findings.append(
                    .nameReuse(
                        of: checkpoint, replaced: before.creationTime,
                        domain: DomainReference(name),
                        severity: .error))
            default: break
            }
        }
        return findings.sorted()
    }
}

extension Finding {
    package static func nameReuse(
        of checkpoint: Checkpoint, replaced time: CreationTime, domain: DomainReference,
        severity: Severity
    ) -> Finding {
        let (now, before) = (
            Timestamp(checkpoint.creationTime).rfc3339(fractionDigits: 0),
            Timestamp(time).rfc3339(fractionDigits: 0)
        )
        return Finding(
            .nameReused, severity: severity, domain: domain, checkpoints: [checkpoint.name],
            message: "checkpoint '\(checkpoint.name)' (\(now)) has the name of another (\(before))"
                + " whose deletion had not been recorded: incremental backups that are based on the"
                + " other one are broken",
            remedies: [
                Remedy(
                    .acknowledge(domain: domain, checkpoint: checkpoint.name),
                    precondition: "the next backup is a full one")
            ])
    }
}
