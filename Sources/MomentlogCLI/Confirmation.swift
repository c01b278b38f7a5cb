import ArgumentParser
import EventLog
import Foundation
import Glibc
import Momentlog
import Moments

/// The question before more than one checkpoint is removed.
enum Confirmation {
    /// The help of `--yes`.
    static let help = ArgumentHelp(
        "Do not ask on a terminal before more than one checkpoint is removed. Without a terminal,"
            + " nothing is asked.")

    /// Whether there is a terminal.
    static var canAsk: Bool { isatty(0) == 1 }

    /// Asks on a terminal whether to continue; does nothing without a terminal.
    ///
    /// - Parameters:
    ///   - names: The checkpoints that are deleted.
    ///   - domain: Their domain.
    ///   - place: Where they are deleted.
    ///   - isGiven: Whether `--yes` was given.
    /// - Returns: Whether it asked.
    /// - Throws: ``Finished`` with `refused` if the answer is not yes.
    @discardableResult
    static func require(
        removing names: [CheckpointName], of domain: String, from place: String = "the record",
        isGiven: Bool
    ) throws(Finished) -> Bool {
        guard names.count > 1, !isGiven, canAsk else { return false }
        let shown =
            names.prefix(8).map(\.text).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
        StandardError.write(
            Terminal.harmless(
                "\(names.count) checkpoints of \(domain) would be deleted from \(place): \(shown)")
                + "\nGo on? [y/N] ")
        let answer = readLine(strippingNewline: true)?.lowercased()
        guard answer == "y" || answer == "yes" else {
            StandardError.write("Nothing was changed.\n")
            throw Finished(status: .refused)
        }
        return true
    }

    /// Binds a command to the domain that it is about before the question: another may get the name
    /// while it stands. One that is missing is left to the command, which refuses it, or repeats
    /// the answer to a request that came before the domain was renamed or undefined.
    ///
    /// - Throws: ``MomentlogError`` if the store cannot be read.
    static func bind(
        _ submission: inout Submission, to domain: DomainReference, in store: CheckpointStore
    ) async throws(MomentlogError) {
        guard canAsk else { return }
        do throws(MomentlogError) {
            submission.expectedDomain = try await store.entry(of: domain).id
        } catch {
            guard error.code == .noDomain else { throw error }
        }
    }

    /// Asks before a command deletes more than one checkpoint. On a terminal its submission then
    /// expects the revision of what was shown, or would have been: nothing else is deleted.
    ///
    /// - Parameters:
    ///   - plan: What the command would do.
    ///   - submission: The submission of the command.
    ///   - isGiven: Whether `--yes` was given.
    /// - Throws: ``Finished`` with `refused` if the answer is not yes.
    static func require(
        _ plan: CommandPlan, for submission: inout Submission, isGiven: Bool
    ) throws(Finished) {
        try require(
            removing: plan.events.deletedCheckpoints, of: plan.outcome.domain.text,
            isGiven: isGiven)
        guard canAsk, !isGiven, submission.expectedRevision == nil else { return }
        submission.expectedRevision = plan.outcome.revision - plan.events.count
    }
}

extension [Event] {
    /// The names of the checkpoints that the events delete.
    var deletedCheckpoints: [CheckpointName] {
        compactMap { if case .checkpointDeleted(let name) = $0 { name } else { nil } }
    }
}
