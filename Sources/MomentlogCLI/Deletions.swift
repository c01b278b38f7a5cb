import Momentlog

/// The deletion of several checkpoints of a domain, each a commit of its own.
struct Deletions {
    /// The checkpoints that are named, but for those that go with another.
    private let names: [String]
    private let scope: DeletionScope

    /// All checkpoints that go.
    let removed: [String]

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
        var below: Set<String> = []
        for name in named where !below.contains(name) {
            below.formUnion(graph.names(Listing(.descendants(of: name))) ?? [])
        }
        names = named.filter { !below.contains($0) }
        removed = scope == .children ? names + below.sorted() : below.sorted()
    }

    /// Deletes them, and prints each answer.
    ///
    /// - Throws: ``Finished`` with `incomplete` if only some were deleted.
    func run(
        in domain: Domain, of store: CheckpointStore, by submission: Submission,
        _ format: OutputFormat, _ sentence: (String) -> String
    ) async throws {
        let identifier = domain.uuid?.description ?? domain.name
        let answers = await store.perform(
            names.map { .delete($0, scope, in: identifier, by: submission) })
        let done = zip(names, answers).filter { (try? $0.1.get()) != nil }
        let failures = answers.compactMap { answer in
            if case .failure(let error) = answer { error } else { nil }
        }
        if done.isEmpty, let failure = failures.first { throw failure }
        if format == .table {
            for (name, _) in done { try StandardOutput.shared.print(sentence(name)) }
        } else {
            let opening = format == .json ? "[\n  " : ""
            let separator = format == .json ? ",\n  " : "\n"
            try StandardOutput.shared.print(
                opening + done.map { InstructionLine.answer($0.1) }.joined(separator: separator)
                    + (format == .json ? "\n]" : ""))
        }
        try StandardOutput.shared.flush()
        for failure in failures {
            StandardError.write("momentlog: error: \(failure.withCommand)\n")
        }
        if !failures.isEmpty { throw Finished(status: .incomplete) }
    }
}
