import EventLog
public import Moments

/// Instructions that are only planned, each on the state that those before it would leave.
///
/// Nothing is appended, and the write lease is not taken. The record is read when the first
/// instruction comes; a reversion to a point in time that only the rehearsed instructions would
/// reach is refused.
public struct Rehearsal: Sendable {
    private let handler: CommandHandler

    init(_ handler: CommandHandler) { self.handler = handler }

    /// Returns what ``CheckpointStore/perform(_:)`` would do with instructions after all those that
    /// were rehearsed before.
    ///
    /// - Returns: The answers in the order of the instructions.
    /// - Complexity: That of ``CheckpointStore/perform(_:)``. The domains that instructions name
    ///   stay in memory as long as the rehearsal does.
    public func plan(
        _ instructions: [Instruction]
    ) async -> [Result<CommandPlan, MomentlogError>] {
        await handler.perform(instructions, as: .preview).map { answer in
            answer.map { CommandPlan(outcome: $0, events: $0.plannedEvents) }
        }
    }
}

extension CheckpointStore {
    /// Starts a rehearsal.
    public func rehearsal() -> Rehearsal {
        Rehearsal(
            CommandHandler(
                log: log, origin: origin, logger: logger,
                domains: LoadedDomains(maximumCheckpointCount: .max), rehearsed: RehearsedCommands()
            ))
    }
}

/// The answers to rehearsed instructions.
struct RehearsedCommands {
    /// The domains that the log does not have.
    private(set) var opened: Set<DomainEntry.ID> = []

    private var requests: [[UInt8]: (fingerprint: [UInt8], outcome: CommandOutcome)] = [:]

    /// Returns the answer that a request was given.
    ///
    /// - Throws: ``MomentlogError`` with `request-conflict` if another had that key.
    func outcome(
        of request: String, _ fingerprint: RequestFingerprint
    ) throws(MomentlogError) -> CommandOutcome? {
        guard let found = requests[Array(request.utf8)] else { return nil }
        guard fingerprint.matches(found.fingerprint) else { throw .requestConflict(request) }
        return found.outcome
    }

    mutating func note(
        _ instruction: Instruction, _ answer: CommandHandler.Answer, strips: Bool
    ) {
        guard let name = instruction.submission.request, case .success(let outcome) = answer else {
            return
        }
        let fingerprint = RequestFingerprint(
            instruction, strips: instruction.stripsSecrets || strips)
        requests[Array(name.utf8)] = (fingerprint.kept, outcome)
    }

    /// Returns an identifier for a domain that the log does not have.
    mutating func open() -> DomainEntry.ID {
        let id = DomainEntry.ID(number: -1 - Int64(opened.count), store: .unknown)
        opened.insert(id)
        return id
    }
}

extension CommandHandler {
    /// Answers some of a batch's instructions, from the first on, and keeps their results.
    func rehearse(_ batch: CommandBatch) async -> [Answer] {
        do throws(MomentlogError) {
            if !domains.isKnown {
                try await refresh()
                domains.note(KnownDomains(try await log.domains()))
            }
            let draft = try await draft(of: batch, isLast: true)
            for (_, domain) in draft.opened {
                guard let id = rehearsed?.open() else { break }
                domains.put(domain, id)
                domains.updateList(id, from: nil, by: domain.pending)
            }
            let answers = draft.answers(receipts: [])
            for (instruction, answer) in zip(batch.instructions, answers) {
                rehearsed?.note(instruction, answer, strips: settings.stripsSecrets)
            }
            return answers
        } catch {
            return batch.answers(failure: error)
        }
    }
}
