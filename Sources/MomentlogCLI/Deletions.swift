import Momentlog
import Moments

/// The deletion of several checkpoints of a domain, each in a separate commit.
struct Deletions {
    /// The named checkpoints, except those that are deleted with another.
    private let names: [CheckpointName]
    private let scope: DeletionScope

    /// All checkpoints that are deleted.
    let removed: [CheckpointName]

    /// - Parameter patterns: Names and patterns.
    /// - Throws: ``MomentlogError`` with `no-checkpoint`.
    init(
        of patterns: [String], _ scope: DeletionScope, in graph: MomentGraph
    ) throws(MomentlogError) {
        self.scope = scope
        let named = try graph.names(matching: patterns)
        guard scope != .checkpoint else {
            (names, removed) = (named, named)
            return
        }
        var below: Set<CheckpointName> = []
        for name in named where !below.contains(name) {
            below.formUnion(graph.names(Listing(.descendants(of: name))) ?? [])
        }
        names = named.filter { !below.contains($0) }
        removed = scope == .children ? names + below.sorted() : below.sorted()
    }

    /// Deletes them, each in a separate commit, and prints each answer.
    ///
    /// - Parameters:
    ///   - isConfirmed: Whether somebody confirmed what was shown: then nothing else is deleted.
    ///   - isDryRun: Whether to show only what would be recorded.
    /// - Throws: ``Finished`` with `incomplete` if only some were deleted.
    func run(
        in domain: Domain, of store: CheckpointStore, by submission: Submission,
        _ format: FormatOptions, isConfirmed: Bool, isDryRun: Bool
    ) async throws {
        let identifier = domain.reference
        var instructions = names.map {
            Instruction.delete($0, including: scope, from: identifier, by: submission)
        }
        if isDryRun { return try await show(instructions, of: domain, in: store, format) }
        var answers: [Result<CommandOutcome, MomentlogError>] = []
        if isConfirmed {
            // One after the other, so that none is carried out after another change.
            var revision = domain.revision
            for index in instructions.indices {
                instructions[index].submission.expectedRevision = revision
                answers += await store.perform([instructions[index]])
                guard case .success(let outcome)? = answers.last else { break }
                revision = outcome.revision
            }
        } else {
            answers = await store.perform(instructions)
        }
        let outcomes = answers.compactMap { try? $0.get() }
        let failures = answers.compactMap { answer in
            if case .failure(let error) = answer { error } else { nil }
        }
        if outcomes.contains(where: { $0.commit != nil }) { Effects.record() }
        if outcomes.isEmpty, let failure = failures.first { throw failure }
        for failure in failures { Notice.error(failure) }
        if format.format == .table {
            for outcome in outcomes { try format.say("Recorded: \(sentence(outcome))") }
        } else {
            try format.format.print(items: outcomes.lazy.map { JSONItem.outcome($0) })
        }
        try StandardOutput.shared.flush()
        if !failures.isEmpty { throw Finished(status: .incomplete) }
    }

    private func show(
        _ instructions: [Instruction], of domain: Domain, in store: CheckpointStore,
        _ format: FormatOptions
    ) async throws {
        guard format.format != .table else {
            for name in removed {
                try format.say("Would be recorded: checkpoint \(name) of \(domain.name) deleted")
            }
            return
        }
        var plans: [CommandPlan] = []
        for answer in await store.rehearsal().plan(instructions) { plans.append(try answer.get()) }
        try format.format.print(items: plans.lazy.map { JSONItem.planned($0) })
    }

    private func sentence(_ outcome: CommandOutcome) -> String {
        switch scope {
        case .checkpoint: "\(outcome.subject) deleted"
        case .children: "\(outcome.subject) and its descendants deleted"
        case .childrenOnly: "the descendants of \(outcome.subject) deleted"
        }
    }
}
