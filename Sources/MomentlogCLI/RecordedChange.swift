import Momentlog
import Moments
import SQLiteEventLog

/// A change of the record by a command, or its preview with `--dry-run`.
struct RecordedChange {
    let store: StoreOptions
    let format: FormatOptions
    let isDryRun: Bool
    /// Whether the answer depends on the events that were appended.
    var namesEvents = false

    /// Carries out an instruction and prints what was recorded.
    ///
    /// - Parameters:
    ///   - instruction: Creates the instruction when the store is open.
    ///   - done: What was recorded, such as `checkpoint c1 of vm1 created`, and the events.
    ///   - already: The present state, if nothing had to be recorded.
    /// - Throws: ``Finished`` with `incomplete` if there are findings.
    func run(
        _ instruction: (CheckpointStore) async throws -> Instruction,
        done: (CommandOutcome, [Event]) -> String, already: (CommandOutcome) -> String
    ) async throws {
        try await store.with(isDryRun ? .read : .readWrite, creating: true) { store in
            let instruction = try await instruction(store)
            if isDryRun {
                let plan = try await store.plan(instruction)
                try print(plan, done: done, already: already)
                return try finish(plan.outcome)
            }
            let outcome = try await store.perform(instruction)
            if outcome.commit != nil, !outcome.isRepeated { Effects.record() }
            // Another process may have changed what was expected: the events say what was done.
            var events: [Event] = []
            if namesEvents, format.format == .table {
                events = (try? await store.change(by: outcome))??.events ?? []
            }
            try format.format.print(
                outcome, done: "Recorded: " + done(outcome, events),
                already: "Unchanged: " + already(outcome))
            try finish(outcome)
        }
    }

    /// Prints what a command would record.
    func print(
        _ plan: CommandPlan, done: (CommandOutcome, [Event]) -> String,
        already: (CommandOutcome) -> String
    ) throws(MomentlogError) {
        guard format.format == .table else { return try format.format.print(item: .planned(plan)) }
        guard !plan.events.isEmpty else {
            return try StandardOutput.shared.print(
                Terminal.harmless("Nothing would be recorded: " + already(plan.outcome)))
        }
        try StandardOutput.shared.print(
            Terminal.harmless("Would be recorded: " + done(plan.outcome, plan.events)))
        for event in plan.events {
            try StandardOutput.shared.print(
                "  "
                    + Terminal.styled(
                        Terminal.harmless(EventSentence.text(event)), EventSentence.style(event)))
        }
    }

    private func finish(_ outcome: CommandOutcome) throws {
        guard !outcome.findings.isEmpty else { return }
        if format.format == .table { try FindingsOutput.print(outcome.findings) }
        try StandardOutput.shared.flush()
        throw Finished(status: .incomplete)
    }
}

extension CommandOutcome {
    /// The checkpoint that it was about and its domain, such as `checkpoint c1 of vm1`.
    var subject: String { "checkpoint \(checkpoint ?? "") of \(domain)" }
}
