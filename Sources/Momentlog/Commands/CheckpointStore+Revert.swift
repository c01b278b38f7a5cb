import EventLog
public import Moments

extension Instruction {
    /// Returns an instruction to restore the checkpoints and the current pointer that a domain had
    /// at a point in time.
    ///
    /// - Parameters:
    ///   - domain: The domain's name or UUID.
    ///   - when: The point in time.
    ///   - text: The point in time as it was written, for retries: an age means another time
    ///     whenever it is read.
    ///   - submission: Who requests it, why, and on what condition.
    public static func revert(
        _ domain: DomainReference, to when: When, written text: String? = nil,
        by submission: Submission
    ) -> Instruction {
        var instruction = Instruction(.revert(to: when), on: domain, by: submission)
        instruction.writtenMoment = text
        return instruction
    }
}

extension CheckpointStore {
    /// Restores the checkpoints and the current pointer that a domain had at a point in time, in
    /// one commit; nothing is appended if they are the same.
    ///
    /// Graph errors of that time are restored as well. Neither the domain's definition nor any disk
    /// image is changed. The verdicts on the bitmaps of restored checkpoints are no longer known.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`, also if the domain was not defined then; with
    ///   `no-moment` for a sequence beyond the last; see also ``perform(_:)-(Instruction)``.
    /// - Complexity: O(*n*) in the domain's events.
    @discardableResult
    public func revert(
        _ domain: DomainReference, to when: When, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.revert(domain, to: when, by: submission))
    }

    /// Returns what ``revert(_:to:by:)`` would append now. Nothing is changed.
    ///
    /// - Throws: ``MomentlogError``; see ``revert(_:to:by:)``.
    /// - Complexity: O(*n*) in the domain's events.
    public func plan(
        revertOf domain: DomainReference, to when: When
    ) async throws(MomentlogError) -> RepairPlan {
        let entry = try await entry(of: domain)
        let sequence = try await position(at: when).sequence
        let present = try await log.replay(entry.id)
        var context = DecisionContext(creationTime: 0)
        context.past = try await log.replay(entry.id, through: sequence)
        return RepairPlan(
            domain: present,
            events: try decide(.revert(to: when), for: present, in: context))
    }
}

extension RepairPlan {
    /// Returns the domain after the events.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if they do not fit the domain.
    /// - Complexity: O(*n*) in the events, and in the checkpoints if a cycle is closed or broken.
    public func result() throws(MomentlogError) -> Domain {
        var result = domain
        do {
            try result.apply(contentsOf: events)
        } catch {
            throw MomentlogError(
                .corrupt, "domain '\(domain.name)' contradicts what was appended to it: \(error)",
                hint: "verify the whole store", suggestion: .verify, cause: error)
        }
        return result
    }
}
