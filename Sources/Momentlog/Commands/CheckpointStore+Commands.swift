import EventLog
public import Moments

extension CheckpointStore {
    // MARK: Commands

    /// Carries out an instruction, and returns when its commit is on stable storage.
    ///
    /// Commands that wait at the same time share a transaction and its sync. It is not
    /// cancelled with its task.
    ///
    /// - Throws: ``MomentlogError`` with what ``decide(_:for:in:)`` refuses it for, and
    ///   nothing has changed then; with `busy` or `storage`, likewise; with
    ///   `outcome-unknown` if the commit itself failed: ``reopen()`` the store then, and repeat
    ///   the command with the same request.
    /// - Complexity: that of ``decide(_:for:in:)``; the first time, and after others have
    ///   changed the domain, also linear in the domain's new events.
    @discardableResult
    public func perform(
        _ instruction: Instruction
    ) async throws(MomentlogError) -> CommandOutcome {
        guard let answer = await readyHandler().perform([instruction]).first else {
            throw MomentlogError(.storage, "an instruction was not answered")
        }
        return try answer.get()
    }

    /// Carries out instructions in order, each as a separate commit; a refused one does not stop
    /// those after it.
    ///
    /// - Returns: An answer for each, in order, when their commits are on stable storage.
    public func perform(
        _ instructions: [Instruction]
    ) async -> [Result<CommandOutcome, MomentlogError>] {
        await readyHandler().perform(instructions)
    }

    /// Creates a checkpoint below the current one; it becomes current.
    ///
    /// - Parameters:
    ///   - request: The checkpoint's name, description and disks.
    ///   - domain: The domain's name or UUID.
    ///   - submission: Who requests it, why, and on what condition.
    /// - Throws: ``MomentlogError``; see ``decide(_:for:in:)`` and ``perform(_:)``.
    @discardableResult
    public func create(
        _ request: CheckpointRequest, in domain: DomainReference, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.create(request, in: domain, by: submission))
    }

    /// Creates a new checkpoint as a document describes it.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`; with `not-a-request` for a document that
    ///   has a creation time or a parent: it describes an existing checkpoint, see
    ///   ``record(_:in:makingCurrent:by:)``; see also ``decide(_:for:in:)`` and ``perform(_:)``.
    @discardableResult
    public func create(
        _ document: SourceDocument, in domain: DomainReference, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.create(document, in: domain, by: submission))
    }

    /// Records the metadata of checkpoints as documents state it, in one commit or not at all, in
    /// any order.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`; see also ``decide(_:for:in:)`` and
    ///   ``perform(_:)``.
    @discardableResult
    public func redefine(
        _ documents: [SourceDocument], in domain: DomainReference, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.redefine(documents, in: domain, by: submission))
    }

    /// Records checkpoints that a hypervisor created, from the documents that it prints of them: in
    /// one commit or not at all, in any order.
    ///
    /// Parents and creation times are those of the documents. An unknown domain is defined from
    /// the newest document with its definition. A checkpoint that is recorded already with the
    /// same content is left unchanged. One whose name another checkpoint has, with another
    /// creation time, replaces it, and the outcome says so
    /// (``CommandOutcome/findings``). The newest becomes current unless the current one is newer
    /// and not its ancestor; or the checkpoint that `makingCurrent` names, in the same commit.
    ///
    /// - Parameters:
    ///   - documents: What `virsh checkpoint-dumpxml --security-info` prints.
    ///   - domain: The domain's name or UUID.
    ///   - current: The checkpoint that becomes current, one that is given or recorded; nil for
    ///     the newest.
    ///   - submission: Who requests it, why, and on what condition.
    /// - Throws: ``MomentlogError`` with `invalid-xml`, `no-domain`, `parent-not-found`, `exists`
    ///   for another content of a checkpoint that is recorded; see also ``decide(_:for:in:)``
    ///   and ``perform(_:)``.
    /// - Complexity: O(*n*) in the documents, plus the ancestors of the newest; O(*n*) in the
    ///   domain's checkpoints if names are reused.
    @discardableResult
    public func record(
        _ documents: [SourceDocument], in domain: DomainReference,
        makingCurrent current: CheckpointName? = nil,
        by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(
            .record(documents, in: domain, makingCurrent: current, by: submission))
    }

    /// Acknowledges a finding of a checkpoint that has no repair, so that checks no longer report
    /// it. Nothing is appended if it does not exist.
    ///
    /// - Throws: ``MomentlogError`` with `no-checkpoint`, and `usage` for another kind than
    ///   ``Finding/Kind/nameReused``; see also ``perform(_:)``.
    @discardableResult
    public func acknowledge(
        _ finding: Finding.Kind, of checkpoint: CheckpointName, in domain: DomainReference,
        by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.acknowledge(finding, of: checkpoint, in: domain, by: submission))
    }

    /// Deletes the metadata of a checkpoint, of all its descendants, or both.
    ///
    /// - Throws: ``MomentlogError``; see ``decide(_:for:in:)`` and ``perform(_:)``.
    @discardableResult
    public func delete(
        _ checkpoint: CheckpointName, including scope: DeletionScope = .checkpoint,
        from domain: DomainReference,
        by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.delete(checkpoint, including: scope, from: domain, by: submission))
    }

    /// Deletes the metadata of several checkpoints, in one commit or not at all.
    ///
    /// Their children move to the nearest ancestor that stays, and so does the current pointer if
    /// it is at one of them.
    ///
    /// - Throws: ``MomentlogError`` with `no-checkpoint` if one of them does not exist; see also
    ///   ``decide(_:for:in:)`` and ``perform(_:)``.
    /// - Complexity: O(*n*) in the domain's checkpoints.
    @discardableResult
    public func delete(
        _ checkpoints: [CheckpointName], from domain: DomainReference, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.delete(checkpoints, from: domain, by: submission))
    }

    /// Moves the current pointer to a checkpoint, or to none.
    ///
    /// - Throws: ``MomentlogError``; see ``decide(_:for:in:)`` and ``perform(_:)``.
    @discardableResult
    public func setCurrent(
        _ checkpoint: CheckpointName?, in domain: DomainReference, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.setCurrent(checkpoint, in: domain, by: submission))
    }

    /// Repairs the errors of a domain's graph.
    ///
    /// Without a reason, the findings are recorded as the reason.
    ///
    /// - Throws: ``MomentlogError``; see ``decide(_:for:in:)`` and ``perform(_:)``.
    @discardableResult
    public func repair(
        _ repair: Repair = Repair(), in domain: DomainReference, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.repair(repair, in: domain, by: submission))
    }

    /// Returns what ``repair(_:in:by:)`` would append now. Nothing is changed.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`; see also ``decide(_:for:in:)``.
    /// - Complexity: O(*n*) in the domain's events.
    public func plan(
        _ repair: Repair = Repair(), in domain: DomainReference
    ) async throws(MomentlogError) -> RepairPlan {
        let domain = try await self.domain(domain)
        return RepairPlan(
            domain: domain,
            events: try decide(
                .repair(repair), for: domain, in: DecisionContext(creationTime: 0)))
    }

    /// Returns what a repair changed: the domain before its commit, and the commit's events.
    ///
    /// - Returns: Nil if it appended nothing.
    /// - Throws: ``MomentlogError`` with `storage` or `corrupt`.
    /// - Complexity: O(*n*) in the domain's events.
    public func change(
        by outcome: CommandOutcome
    ) async throws(MomentlogError) -> RepairPlan? {
        try checkOpen()
        guard let sequences = outcome.sequences else { return nil }
        // Other domains may have had the name, and have it by now. The commit may have given it to
        // the domain, or have undefined it.
        let name = outcome.domain.text
        let before = sequences.lowerBound - 1
        let bearers =
            try await log.domains(through: sequences.upperBound, bearing: name)
            + log.domains(through: before, bearing: name)
        for entry in bearers {
            var changes: [Event] = []
            try await log.read(EventQuery(domain: entry.id, sequences: sequences)) {
                line throws(MomentlogError) in
                changes.append(try line.event().event)
                return true
            }
            guard !changes.isEmpty else { continue }
            let domain = try await log.replay(entry.id, through: before)
            return RepairPlan(domain: domain ?? Domain(name: name), events: changes)
        }
        throw .noDomain(outcome.domain)
    }

    /// Defines a domain, or changes its definition.
    ///
    /// A domain whose UUID the store knows continues, even after it was undefined.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`; see also ``decide(_:for:in:)`` and
    ///   ``perform(_:)``.
    @discardableResult
    public func define(
        _ document: SourceDocument, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.define(document, by: submission))
    }

    /// Renames a domain.
    ///
    /// - Throws: ``MomentlogError``; see ``decide(_:for:in:)`` and ``perform(_:)``.
    @discardableResult
    public func rename(
        _ domain: DomainReference, to name: String, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.rename(domain, to: name, by: submission))
    }

    /// Undefines a domain; its history stays.
    ///
    /// - Parameters:
    ///   - domain: The domain's name or UUID.
    ///   - deletingCheckpoints: Whether its remaining checkpoints are deleted as well.
    ///   - submission: Who requests it, why, and on what condition.
    /// - Throws: ``MomentlogError``; see ``decide(_:for:in:)`` and ``perform(_:)``.
    @discardableResult
    public func undefine(
        _ domain: DomainReference, deletingCheckpoints: Bool = false, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(
            .undefine(domain, deletingCheckpoints: deletingCheckpoints, by: submission))
    }
}
