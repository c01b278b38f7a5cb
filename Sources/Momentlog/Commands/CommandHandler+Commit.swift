import EventLog
import Moments
import SQLiteEventLog
import Synchronization

extension CommandHandler {
    /// Answers some of a batch's instructions, from the first on, in one transaction.
    ///
    /// The log refuses decisions if others appended in between. After a few attempts the batch is
    /// decided while nobody else can append.
    func commit(_ batch: CommandBatch) async -> [Answer] {
        guard rehearsed == nil else { return await rehearse(batch) }
        var attempts = 0
        var turn: (any AppendTurn)?
        var needsTurn = false
        defer { turn?.end() }
        while true {
            do throws(MomentlogError) {
                if turn == nil, batch.rule != .preview,
                    needsTurn || attempts >= OvertakenAppend.maximumOptimisticAttemptCount
                {
                    turn = try await log.beginTurn(within: batch.limit)
                }
                // The log refuses decisions on an old state. So only answers that do not reach the
                // log have to be checked.
                let isFresh = attempts > 0 || needsTurn || !domains.isKnown
                if isFresh { try await refresh() } else { domains.begin() }
                let isLast =
                    turn != nil
                    || batch.rule == .preview
                        && attempts >= OvertakenAppend.maximumOptimisticAttemptCount
                let draft = try await draft(of: batch, isLast: isLast)
                if !isFresh, draft.hasUnwritten, !Sabotage.believesMemory.isOn,
                    try await log.size() != domains.logSize
                {
                    domains.dropUnappended()
                    continue
                }
                if batch.appendsNothing(of: draft) {
                    let size = domains.logSize
                    domains.dropUnappended()
                    // Several domains are judged in one state of the log.
                    if turn == nil, batch.instructions.count > 1,
                        attempts < OvertakenAppend.maximumOptimisticAttemptCount,
                        try await log.size() != size
                    {
                        attempts += 1
                        continue
                    }
                    return draft.answers(receipts: [])
                }
                if batch.rule == .allOrNone, !needsTurn, draft.hasUnwritten, !draft.isEmpty {
                    // The log compares only the revisions of what is appended. The state that the
                    // others were judged by stays valid only within a turn.
                    needsTurn = true
                    domains.dropUnappended()
                    continue
                }
                return try await append(draft, of: batch, in: turn)
            } catch {
                attempts += 1
                guard error.isOvertaken, turn == nil else {
                    return batch.answers(failure: error)
                }
                guard
                    attempts < OvertakenAppend.maximumOptimisticAttemptCount
                        || ContinuousClock.now < batch.deadline
                else { return batch.answers(failure: .overtakenTooLong) }
                await OvertakenAppend.pause(after: attempts)
            }
        }
    }

    /// - Throws: ``MomentlogError`` if others have appended in between; nothing has been appended
    ///   then.
    private func append(
        _ draft: CommandDraft, of batch: CommandBatch, in turn: (any AppendTurn)?
    ) async throws(MomentlogError) -> [Answer] {
        guard !draft.isEmpty else {
            turn?.end()
            return await settled(draft.answers(receipts: []), of: batch)
        }
        do throws(MomentlogError) {
            let receipts = try await appended(draft, of: batch, in: turn)
            for (commit, opened) in draft.opened where receipts.indices.contains(commit) {
                domains.put(opened, receipts[commit].domain)
                domains.updateList(receipts[commit].domain, from: nil, by: opened.pending)
            }
            domains.noteAppended(receipts)
            return draft.answers(receipts: receipts)
        } catch {
            domains.dropUnappended()
            if error.isOvertaken { throw error }
            let answers = draft.answers(failure: error)
            return error.code == .busy ? Array(answers.prefix(batch.expiredCount)) : answers
        }
    }

    private func appended(
        _ draft: CommandDraft, of batch: CommandBatch, in turn: (any AppendTurn)?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        let limit = batch.limit
        if let turn {
            return try await turn.append(draft.commits, keeping: draft.kept, within: limit)
        }
        return try await log.append(draft.commits, keeping: draft.kept, within: limit)
    }

    /// Returns answers that append nothing: a caller that is answered that nothing has to change
    /// must be able to rely on it.
    private func settled(_ answers: [Answer], of batch: CommandBatch) async -> [Answer] {
        guard answers.contains(where: { (try? $0.get()) != nil }) else { return answers }
        do throws(MomentlogError) {
            try await log.ensureDurable(within: batch.limit)
            return answers
        } catch {
            let failed: [Answer] = answers.map { answer in
                answer.flatMap { _ in .failure(error) }
            }
            return error.code == .busy ? Array(failed.prefix(batch.expiredCount)) : failed
        }
    }
}

extension CommandBatch {
    /// Returns whether nothing of a draft is to be appended, though it may lead to events.
    fileprivate func appendsNothing(of draft: CommandDraft) -> Bool {
        rule == .preview || rule == .allOrNone && draft.hasProblems
    }
}
