import EventLog
import Moments

extension CommandHandler {
    /// Returns the parts of an earlier answer that its record does not have: they follow from the
    /// repeated instruction, and from the events that it led to.
    ///
    /// - Throws: ``MomentlogError`` with `corrupt` if nothing was appended by a command that always
    ///   appends.
    func earlierAnswer(
        _ record: RequestRecord?, to instruction: Instruction
    ) async throws(MomentlogError) -> EarlierAnswer {
        guard let record else { return EarlierAnswer() }
        guard let sequences = record.sequences else {
            guard !instruction.command.alwaysAppends else {
                throw MomentlogError(
                    .corrupt,
                    "the store's answer to the request \(record.name.debugDescription) states that"
                        + " nothing was appended, but such a command always appends: its row"
                        + " in the table request was altered",
                    hint: "see what is damaged before you restore a backup", suggestion: .verify)
            }
            return EarlierAnswer(checkpoint: instruction.checkpoint(createdBy: []))
        }
        var events: [Event] = []
        if instruction.command.isRecord || instruction.checkpoint(createdBy: []) == nil {
            let query = EventQuery(sequences: sequences)
            try await log.read(query) { line throws(MomentlogError) in
                events.append(try line.event().event)
                return true
            }
        }
        var answer = EarlierAnswer(checkpoint: instruction.checkpoint(createdBy: events))
        if instruction.command.isRecord, let entry = domains.known?.live(instruction.domain),
            let before = try await log.replay(entry.id, through: sequences.lowerBound - 1)
        {
            answer.findings = before.nameReuses(by: events)
        }
        return answer
    }
}
