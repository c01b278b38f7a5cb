import EventLog
import Moments

extension CommandHandler {
    /// What a request that was carried out was answered, beside what its record tells: it follows
    /// from what is asked for again, and from the events that it led to.
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
                    "the store's answer to the request \(record.name.debugDescription) says that"
                        + " nothing was to be appended, and such a command always appends: its row"
                        + " in the table request was altered",
                    hint: "keep the file, and restore a backup", suggestion: .verify)
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
