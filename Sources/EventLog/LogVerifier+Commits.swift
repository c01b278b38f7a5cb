import Moments

// Compares the commits of the lines with what an engine stores for each.
extension LogVerifier {
    /// Compares a commit's row when the next commit's first event is reached.
    mutating func endCommit(
        before next: Int, at sequence: Int, _ commits: (() throws -> Commit?)?
    ) throws {
        if commit > 0, let commits { try compareCommit(commits) }
        let isOfGap = missing != nil
        missing = missing.flatMap { $0.upperBound == sequence - 1 ? $0 : nil }
        if next <= commit || (next > commit &+ 1 && !isOfGap) {
            suspect(
                sequence, "line",
                "event \(sequence) belongs to commit \(next), but commit \(commit &+ 1) follows")
        }
    }

    /// Assigns an unreadable line to the next commit if the present commit's row ends before it.
    mutating func beginUnreadable(
        at sequence: Int, _ commits: (() throws -> Commit?)?
    ) throws {
        guard let commits else { return }
        guard commit > 0 else {
            commit = 1
            return
        }
        let kept = try nextCommit(commits)
        waiting = kept
        guard let kept, kept.number == commit, kept.size < sequence else { return }
        try compareCommit(commits)
        commit &+= 1
    }

    mutating func nextCommit(_ commits: () throws -> Commit?) throws -> Commit? {
        guard let kept = waiting else { return try commits() }
        waiting = nil
        return kept
    }

    mutating func compareCommit(_ commits: () throws -> Commit?) throws {
        let end = lastSequence
        while let kept = try nextCommit(commits) {
            guard kept.number <= commit else {
                waiting = kept
                break
            }
            guard kept.number == commit else {
                // Those whose events are all missing are right.
                if missing?.contains(kept.size) ?? false {
                    hasher.endCommit(kept.number, size: kept.size, nodes: kept.nodes)
                } else {
                    addFault(
                        .alteredCommit, .commit(kept.number), nil,
                        "commit \(kept.number) has no events")
                }
                continue
            }
            let isCut = missing.map { $0.contains(kept.size) } ?? false
            if kept.size != end, !isCut {
                addFault(
                    .alteredCommit, .commit(commit, "size"), end,
                    "commit \(commit) ends with event \(end), but the table says \(kept.size)")
            }
            hasher.endCommit(
                commit, size: isCut || missing != nil ? kept.size : end, nodes: kept.nodes)
            return
        }
        addFault(
            .alteredCommit, .commit(commit), end,
            "commit \(commit), which ends with event \(end), is missing")
    }
}
