import Momentlog

/// What `check --mend` does: each domain in a commit of its own.
struct Mend {
    let mending: Mending
    let submission: Submission

    /// One domain's outcome, and what is still found in it; nil if that could not be looked at.
    private struct Mended {
        var outcome: CommandOutcome
        var findings: [Finding]?
    }

    /// Mends domains, prints what came of it and what is still found, and ends with the status
    /// that says it.
    func run(
        _ domains: [String], in store: CheckpointStore, _ format: OutputFormat
    ) async throws {
        var mended: [Mended] = []
        var failures: [MomentlogError] = []
        let answers = await store.perform(
            domains.map { .mend(mending, in: $0, by: submission) })
        for answer in answers {
            do throws(MomentlogError) {
                let outcome = try answer.get()
                mended.append(Mended(outcome: outcome, findings: nil))
                // It was mended, whatever becomes of looking at it.
                mended[mended.count - 1].findings = try await findings(of: outcome, in: store)
            } catch {
                failures.append(error)
            }
        }
        // One domain alone is refused as any command is.
        if mended.isEmpty, let failure = failures.first { throw failure }
        do throws(MomentlogError) {
            try print(mended, format)
            try StandardOutput.shared.flush()
        } catch {
            // What was appended stays, told or not.
            failures.append(error)
        }
        for failure in failures { StandardError.write("momentlog: error: \(failure)\n") }
        if failures.contains(where: { $0.code == .outcomeUnknown }) {
            throw Finished(status: .unknown)
        }
        let findings = mended.flatMap { $0.findings ?? [] }
        if !failures.isEmpty || findings.contains(where: { $0.severity == .error }) {
            throw Finished(status: .incomplete)
        }
    }

    /// What is still found. A request that comes again may be about a domain that has gone or
    /// been renamed since.
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

    private func print(_ mended: [Mended], _ format: OutputFormat) throws(MomentlogError) {
        guard format == .table else {
            return try format.printJSON(mended) { mended, json in
                json.object { json in
                    json.member("domain", mended.outcome.domain)
                    json.member("commit", mended.outcome.commit)
                    json.key("sequence")
                    json.array { json in
                        guard let sequences = mended.outcome.sequences else { return }
                        json.value(sequences.lowerBound)
                        json.value(sequences.upperBound)
                    }
                    json.member("revision", mended.outcome.revision)
                    json.key("findings")
                    json.array { json in
                        for finding in mended.findings ?? [] {
                            FindingsOutput.write(finding, to: &json)
                        }
                    }
                }
            }
        }
        for outcome in mended.map(\.outcome) {
            guard let commit = outcome.commit, let sequences = outcome.sequences else { continue }
            let count = sequences.count
            try StandardOutput.shared.print(
                Terminal.harmless(
                    "Domain '\(outcome.domain)' mended: \(count) event\(count == 1 ? "" : "s") in"
                        + " commit \(commit)"))
        }
        if mended.allSatisfy({ $0.outcome.commit == nil }) {
            try StandardOutput.shared.print("There was nothing to mend.")
        }
        let checked = mended.compactMap(\.findings)
        guard !checked.isEmpty else { return }
        let findings = checked.flatMap(\.self).sorted()
        try FindingsOutput.print(findings)
        try FindingsOutput.printCount(findings, domains: checked.count)
    }
}
