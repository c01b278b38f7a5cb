import Momentlog
import Moments

/// The implementation of `check --repair`: each domain in a separate commit.
struct DomainRepair {
    let repair: Repair
    let submission: Submission

    /// One domain's outcome, and its remaining findings; nil if these could not be read.
    private struct Repaired {
        var outcome: CommandOutcome
        var findings: [Finding]?
        /// The domain before, and the events that changed it.
        var change: RepairPlan?
    }

    /// Repairs domains, prints the results and the remaining findings, and ends with the matching
    /// status.
    func run(
        _ domains: [DomainReference], in store: CheckpointStore, _ format: OutputFormat
    ) async throws {
        var repaired: [Repaired] = []
        var failures: [MomentlogError] = []
        let answers = await store.perform(
            domains.map { .repair(repair, in: $0, by: submission) })
        for answer in answers {
            do throws(MomentlogError) {
                let outcome = try answer.get()
                repaired.append(Repaired(outcome: outcome, findings: nil))
                // It was repaired, even if its findings cannot be read.
                repaired[repaired.count - 1].change = try await change(by: outcome, in: store)
                repaired[repaired.count - 1].findings = try await findings(of: outcome, in: store)
            } catch {
                failures.append(error)
            }
        }
        // A single domain is refused as by any command.
        if repaired.isEmpty, let failure = failures.first { throw failure }
        do throws(MomentlogError) {
            try print(repaired, format)
            try StandardOutput.shared.flush()
        } catch {
            // What was appended stays, printed or not.
            failures.append(error)
        }
        for failure in failures {
            Notice.error(failure)
        }
        if failures.contains(where: { $0.code == .outcomeUnknown }) {
            throw Finished(status: .unknown)
        }
        let findings = repaired.flatMap { $0.findings ?? [] }
        if !failures.isEmpty || findings.contains(where: { $0.severity == .error }) {
            throw Finished(status: .incomplete)
        }
    }

    private func change(
        by outcome: CommandOutcome, in store: CheckpointStore
    ) async throws(MomentlogError) -> RepairPlan? {
        do {
            return try await store.change(by: outcome)
        } catch {
            guard error.code == .noDomain else { throw error }
            return nil
        }
    }

    /// Returns the remaining findings. A retry may be about a domain that has been undefined or
    /// renamed since.
    private func findings(
        of outcome: CommandOutcome, in store: CheckpointStore
    ) async throws(MomentlogError) -> [Finding] {
        do {
            return try await store.findings(of: [outcome.domain])
        } catch {
            guard error.code == .noDomain else { throw error }
            return []
        }
    }

    private func print(_ repaired: [Repaired], _ format: OutputFormat) throws(MomentlogError) {
        guard format == .table else {
            return try format.print(
                items: repaired.map {
                    JSONItem.repaired(
                        $0.outcome, change: $0.change, findings: $0.findings ?? [],
                        rendering: RemedyCommand.rendered)
                })
        }
        for outcome in repaired.map(\.outcome) {
            guard let commit = outcome.commit, let sequences = outcome.sequences else { continue }
            let count = sequences.count
            try StandardOutput.shared.print(
                Terminal.harmless(
                    "Domain '\(outcome.domain)' repaired: \(count) event\(count == 1 ? "" : "s") in"
                        + " commit \(commit)"))
        }
        if repaired.allSatisfy({ $0.outcome.commit == nil }) {
            try StandardOutput.shared.print("There was nothing to repair.")
        } else {
            try PlanOutput.print(repaired.compactMap(\.change), .table)
        }
        let checked = repaired.compactMap(\.findings)
        guard !checked.isEmpty else { return }
        let findings = checked.flatMap(\.self).sorted()
        try FindingsOutput.print(findings)
        try FindingsOutput.printCount(findings, domains: checked.count)
    }
}
