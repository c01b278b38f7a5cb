public import Moments

/// What a command would do, decided on the domain as it is; nothing was appended.
public struct CommandPlan: Sendable, Hashable {
    /// What the command would answer; its commit and sequence are nil, unless the request was
    /// carried out before.
    public let outcome: CommandOutcome

    /// The events that it would append, in their order; empty if all is so already.
    public let events: [Event]
}

extension CheckpointStore {
    /// What ``perform(_:)`` would do with an instruction. Nothing is appended, and the write lease
    /// is not taken.
    ///
    /// - Throws: ``MomentlogError`` as ``perform(_:)`` would refuse it.
    /// - Complexity: That of ``perform(_:)``.
    public func plan(_ instruction: Instruction) async throws(MomentlogError) -> CommandPlan {
        guard let answer = await readyHandler().perform([instruction], as: .preview).first else {
            throw MomentlogError(.storage, "an instruction was not answered")
        }
        let outcome = try answer.get()
        return CommandPlan(outcome: outcome, events: outcome.plannedEvents)
    }
}
