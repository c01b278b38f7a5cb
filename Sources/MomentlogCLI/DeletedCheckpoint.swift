import EventLog
import Momentlog
import Moments

/// A checkpoint that was requested and no longer exists.
enum DeletedCheckpoint {
    /// Returns the error of a missing checkpoint with its last deletion, if there was one.
    static func explaining(
        _ error: MomentlogError, in store: CheckpointStore
    ) async -> MomentlogError {
        // What happened later does not explain the past.
        guard ErrorReport.moment == nil,
            let domain = ErrorReport.domain.map({ DomainReference($0) }),
            let name = error.text("checkpoint").map({ CheckpointName($0) }),
            let deletion = await lastDeletion(of: name, in: domain, store)
        else { return error }
        var explained = error.detailing("deletionSequence", .number(deletion.sequence))
        explained.suggestion = .history(domain: domain, checkpoint: name)
        explained.message +=
            "; event \(deletion.sequence) of \(LocalTime.text(deletion.time)), recorded by"
            + " \(deletion.provenance.actor), deleted it"
        explained.hint = "see what happened to it"
        return explained
    }

    /// Nil also if the log cannot be read: it is an error of something else that is explained.
    private static func lastDeletion(
        of name: CheckpointName, in domain: DomainReference, _ store: CheckpointStore
    ) async -> RecordedEvent? {
        let filter = EventFilter(
            domain: domain, checkpoints: [name], kinds: [.checkpointDeleted],
            isReversed: true,
            limit: 1)
        do throws(MomentlogError) {
            for try await line in try await store.events(filter) { return try line.event() }
        } catch {
            return nil
        }
        return nil
    }
}

extension MomentlogError {
    fileprivate func text(_ name: String) -> String? {
        guard case .text(let text) = details.first(where: { $0.name == name })?.value else {
            return nil
        }
        return text
    }
}
