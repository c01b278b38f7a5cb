import Momentlog

/// What was done.
struct Tally: Sendable {
    var recorded = 0
    var repeated = 0
    var pruned = 0
    var findings = 0

    mutating func add(_ other: Tally) {
        recorded += other.recorded
        repeated += other.repeated
        pruned += other.pruned
    }
}

/// Backs guests up at night, several at a time.
struct BackupDaemon: Sendable {
    let store: CheckpointStore

    /// How many checkpoints each guest keeps.
    private static let keptCount = 7
    private static let maximumTaskCount = 8
    private static let maximumAttemptCount = 5

    /// Backs up all guests.
    ///
    /// - Throws: ``MomentlogError`` of the first guest that cannot be recorded.
    func backUp(_ guests: [Guest], night: Int) async throws -> Tally {
        try await withThrowingTaskGroup(of: Tally.self) { group in
            var tally = Tally()
            for (index, guest) in guests.enumerated() {
                if index >= Self.maximumTaskCount, let done = try await group.next() {
                    tally.add(done)
                }
                group.addTask { try await backUp(guest, night: night) }
            }
            for try await done in group { tally.add(done) }
            return tally
        }
    }

    /// Backs up one guest: records its new checkpoint, and prunes old ones.
    private func backUp(_ guest: Guest, night: Int) async throws(MomentlogError) -> Tally {
        var tally = Tally()
        // Here the hypervisor makes the checkpoint, and the guest's disks are copied.
        let document = SourceDocument(guest.makeCheckpoint(night: night), from: guest.name)
        // A guest that is not known yet is defined by its first checkpoint. The key is the same
        // whenever this night is repeated, and the document with it.
        let recorded = try await perform(
            .record(
                [document], in: guest.reference, by: submission("record", guest, night: night)))
        if recorded.isRepeated || recorded.commit == nil {
            tally.repeated += 1
        } else {
            tally.recorded += 1
        }
        for finding in recorded.findings {
            // Incremental backups based on the old checkpoint of that name are broken.
            print("\(guest.name): \(finding.message); a full backup is needed")
        }
        var retention = Retention()
        retention.last = Self.keptCount
        let pruned = try await perform(
            .prune(
                guest.reference, keeping: retention, zone: .current,
                by: submission("prune", guest, night: night)))
        if !pruned.isRepeated { tally.pruned += pruned.sequences?.count ?? 0 }
        return tally
    }

    /// Who asks, why, and under which key. Keys are unique in the store: they name the step, the
    /// guest and the night.
    private func submission(_ step: String, _ guest: Guest, night: Int) -> Submission {
        Submission(
            actor: "backupd@example", reason: "night \(night)",
            request: "\(step)-\(guest.name)-\(night)")
    }

    /// Carries out an instruction, and tries again where that is what the error asks for.
    private func perform(
        _ instruction: Instruction
    ) async throws(MomentlogError) -> CommandOutcome {
        var attempt = 1
        while true {
            do {
                return try await store.perform(instruction)
            } catch {
                guard attempt < Self.maximumAttemptCount else { throw error }
                attempt += 1
                switch error.code {
                case .busy:
                    // Others hold the store. Nothing has changed.
                    try await pause(attempt)
                case .outcomeUnknown, .storage:
                    // The commit may be there or not, or the store's files were disturbed: the
                    // store is opened again, and the same request answers as it would have.
                    print("\(instruction.domain): \(error.message); opening the store again")
                    try await pause(attempt)
                    try await store.reopen()
                    if let request = instruction.submission.request,
                        try await store.outcome(ofRequest: request) != nil
                    {
                        print("\(instruction.domain): \(request) had been carried out")
                    }
                default:
                    // Refused, with a reason: to try again would not help.
                    throw error
                }
            }
        }
    }

    private func pause(_ attempt: Int) async throws(MomentlogError) {
        do {
            try await Task.sleep(for: .milliseconds(50 << attempt))
        } catch {
            throw MomentlogError(.cancelled, "the daemon is stopping", cause: error)
        }
    }
}
