import EventStorage
import Moments

/// Commands that were decided, and are to be appended together.
struct CommandDraft {
    /// What a command that was not refused leads to.
    struct Decision {
        /// The domain's name after it.
        var domain: String
        /// The domain's revision after it.
        var revision: Int
        /// The checkpoint that it is about.
        var checkpoint: String?
    }

    enum Answer {
        case refused(MomentlogError)
        case decided(Decision, appends: Bool)
    }

    private(set) var answers: [Answer] = []
    private(set) var commits: [PendingCommit] = []

    /// The domain that the last command makes, of which the log knows nothing yet.
    private(set) var opened: LoadedDomain?

    mutating func refuse(_ error: MomentlogError) { answers.append(.refused(error)) }

    /// - Parameters:
    ///   - commit: What to append; nil if all is so already.
    ///   - opened: The domain that it makes, if the log knows nothing of it yet.
    mutating func accept(
        _ decision: Decision, _ commit: PendingCommit?, opened: LoadedDomain?
    ) {
        answers.append(.decided(decision, appends: commit != nil))
        if let commit { commits.append(commit) }
        self.opened = opened
    }

    /// The answers after the commits were appended.
    func answers(receipts: [CommitReceipt]) -> [CommandHandler.Answer] {
        var receipts = receipts[...]
        return answers.map { answer in
            switch answer {
            case .refused(let error): return .failure(error)
            case .decided(let decision, appends: let appends):
                let receipt = appends ? receipts.popFirst() : nil
                return .success(
                    CommandOutcome(
                        domain: decision.domain, commit: receipt?.commit,
                        sequences: receipt?.sequences, revision: decision.revision,
                        checkpoint: decision.checkpoint))
            }
        }
    }

    /// The answers after the commits were not appended, or may not have been. What was
    /// decided behind the first of them rests on it, and so is not told.
    func answers(failure: MomentlogError) -> [CommandHandler.Answer] {
        var hasFailed = false
        return answers.map { answer in
            switch answer {
            case .decided(_, appends: true): hasFailed = true
            case .refused(let error) where !hasFailed: return .failure(error)
            case .decided(let decision, appends: false) where !hasFailed:
                return .success(
                    CommandOutcome(
                        domain: decision.domain, commit: nil, sequences: nil,
                        revision: decision.revision, checkpoint: decision.checkpoint))
            default: break
            }
            return .failure(failure)
        }
    }
}
