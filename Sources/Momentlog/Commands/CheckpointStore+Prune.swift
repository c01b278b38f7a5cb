import EventLog
public import Moments

/// The result of applying a retention to a domain's checkpoints.
public struct Pruning: Sendable {
    /// The domain before anything is removed.
    public let domain: Domain

    /// Its checkpoints by creation time: whether each is kept, and why.
    public let choices: [RetentionChoice]

    /// The names of those that are removed.
    public var removed: [CheckpointName] { choices.filter { !$0.isKept }.map(\.checkpoint.name) }

    /// - Parameter removed: The checkpoints that were removed; nil for those that the rules remove.
    init(
        _ domain: Domain, _ retention: Retention, _ zone: ZoneRules,
        removed: Set<CheckpointName>? = nil
    ) {
        self.domain = domain
        let choices = domain.graph.choices(
            of: retention, now: CreationTime(.now), zone: zone)
        self.choices =
            removed.map { names in
                choices.map { $0.settled(isKept: !names.contains($0.checkpoint.name)) }
            } ?? choices
    }
}

extension Instruction {
    /// Returns an instruction to delete the checkpoints that no rule keeps.
    ///
    /// - Parameters:
    ///   - domain: The domain's name or UUID.
    ///   - retention: The rules.
    ///   - zone: The rules of the local time zone, in which hours, days, weeks, months and years
    ///     begin.
    ///   - submission: Who requests it, why, and on what condition.
    public static func prune(
        _ domain: DomainReference, keeping retention: Retention, zone: ZoneRules,
        by submission: Submission
    ) -> Instruction {
        var instruction = Instruction(.prune(retention), on: domain, by: submission)
        instruction.zone = zone
        return instruction
    }
}

extension CheckpointStore {
    /// Deletes the checkpoints of a domain that no rule keeps from the record, in one commit.
    /// Nothing is deleted in a hypervisor or in disk images.
    ///
    /// - Parameters:
    ///   - domain: The domain's name or UUID.
    ///   - retention: The rules.
    ///   - zone: The rules of the local time zone, in which hours, days, weeks, months and years
    ///     begin.
    ///   - submission: Who requests it, why, and on what condition.
    /// - Throws: ``MomentlogError`` with `no-domain`; with `usage` if there is no rule, and with
    ///   `no-checkpoint` if there are only names, none of which the domain has, so that almost all
    ///   would be deleted; see also ``perform(_:)-(Instruction)``.
    @discardableResult
    public func prune(
        _ domain: DomainReference, keeping retention: Retention, zone: ZoneRules,
        by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.prune(domain, keeping: retention, zone: zone, by: submission))
    }

    /// Returns what ``prune(_:keeping:zone:by:)`` would keep and delete now. Nothing is changed.
    ///
    /// - Throws: ``MomentlogError``; see ``prune(_:keeping:zone:by:)``.
    /// - Complexity: O(*n*) in the domain's events, and sorting its checkpoints.
    public func pruning(
        of domain: DomainReference, keeping retention: Retention, zone: ZoneRules
    ) async throws(MomentlogError) -> Pruning {
        let domain = try await self.domain(domain)
        _ = try decide(.prune(retention), for: domain, in: DecisionContext(creationTime: 0))
        return Pruning(domain, retention, zone)
    }

    /// Returns what a pruning kept and deleted, as its events say; the reasons are those that the
    /// rules give now.
    ///
    /// Of an answer to a repeated request that deleted nothing, which checkpoints there were is not
    /// known: it has no choices.
    ///
    /// - Throws: ``MomentlogError`` with `storage` or `corrupt`.
    /// - Complexity: O(*n*) in the domain's events, and sorting its checkpoints.
    public func pruning(
        by outcome: CommandOutcome, keeping retention: Retention, zone: ZoneRules
    ) async throws(MomentlogError) -> Pruning {
        guard let change = try await change(by: outcome) else {
            var present = Domain(name: outcome.domain.text)
            if !outcome.isRepeated, let entry = try await log.domain(named: present.name) {
                present = try await log.replay(entry.id)
            }
            return Pruning(present, retention, zone, removed: [])
        }
        return Pruning(change.domain, retention, zone, removed: change.events.deletedCheckpoints)
    }
}

extension [Event] {
    /// The checkpoints that the events delete.
    var deletedCheckpoints: Set<CheckpointName> {
        var names: Set<CheckpointName> = []
        for case .checkpointDeleted(let name) in self { names.insert(name) }
        return names
    }
}
