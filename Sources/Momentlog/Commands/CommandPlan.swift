public import Moments

/// What a command would do, decided on the present domain; nothing was appended.
public struct CommandPlan: Sendable, Hashable {
    /// The answer of the command; its commit and sequence are nil, unless the request was carried
    /// out before.
    public let outcome: CommandOutcome

    /// The events that it would append, in order; empty if nothing has to change.
    public let events: [Event]
}

extension CheckpointStore {
    /// Returns what ``perform(_:)-(Instruction)`` would do. Nothing is appended, and the write
    /// lease is not taken.
    ///
    /// - Throws: ``MomentlogError`` as ``perform(_:)-(Instruction)`` would refuse it.
    /// - Complexity: That of ``perform(_:)-(Instruction)``.
    public func plan(_ instruction: Instruction) async throws(MomentlogError) -> CommandPlan {
        guard let answer = await readyHandler().perform([instruction], as: .preview).first else {
            throw MomentlogError(.storage, "an instruction was not answered")
        }
        let outcome = try answer.get()
        return CommandPlan(outcome: outcome, events: outcome.plannedEvents)
    }
}
