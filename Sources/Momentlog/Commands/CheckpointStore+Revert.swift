import EventLog
public import Moments

extension Instruction {
    /// To give a domain's graph the checkpoints and the current pointer that it had at a point in
    /// time.
    ///
    /// - Parameter text: The point in time as it was written, for a request that comes again: an
    ///   age names another time each time that it is read.
    public static func revert(
        _ domain: String, to when: When, written text: String? = nil, by submission: Submission
    ) -> Instruction {
        var instruction = Instruction(.revert(to: when), on: domain, by: submission)
        instruction.writtenMoment = text
        return instruction
    }
}

extension CheckpointStore {
    /// Gives a domain's graph the checkpoints and the current pointer that it had at a point in
    /// time, in one commit; nothing is appended if it has them.
    ///
    /// Graph errors that stood then stand again. Neither the domain's definition nor any disk
    /// image is changed. What was seen of the bitmaps of a checkpoint that comes back is not known
    /// any more.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`, also if the domain was not defined then; with
    ///   `no-moment` for a sequence beyond the last; see also ``perform(_:)-(Instruction)``.
    /// - Complexity: O(*n*) in the domain's events.
    @discardableResult
    public func revert(
        _ domain: String, to when: When, by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(.revert(domain, to: when, by: submission))
    }

    /// What ``revert(_:to:by:)`` would append to a domain as it is. Nothing is changed.
    ///
    /// - Throws: ``MomentlogError``; see ``revert(_:to:by:)``.
    /// - Complexity: O(*n*) in the domain's events.
    public func plan(
        revertOf domain: String, to when: When
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
    /// The domain as the events leave it.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if they do not fit the domain.
    /// - Complexity: O(*n*) in the events, and in the checkpoints where a cycle comes or goes.
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
