import ArgumentParser
import Momentlog
import Moments

struct Current: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "current",
        abstract: "Show or set the current checkpoint.",
        discussion: Examples.after(
            """
            The current checkpoint is the one that the next 'create' takes as parent. Setting \
            it also resolves several claims to be current.
            """, of: "current"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(help: "The checkpoint that becomes current.", completion: .checkpoints)
    var name: CheckpointName?
    @Flag(help: "Clear the current checkpoint.") var clear = false
    @Flag(help: "Only show what would be recorded.") var dryRun = false

    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    private var isChange: Bool { clear || name != nil }

    var changesStore: Bool { isChange && !dryRun }

    func validate() throws {
        if clear && name != nil { throw ValidationError("NAME and --clear exclude each other") }
        if moment.at != nil && isChange {
            throw ValidationError("--at shows the past, which cannot be changed")
        }
        if dryRun && !isChange { throw ValidationError("--dry-run goes with NAME or --clear") }
    }

    func run() async throws {
        guard isChange else { return try await store.with { try await show(in: $0) } }
        var but = ""
        try await RecordedChange(store: store, format: format, isDryRun: dryRun).run { store in
            // Setting the current checkpoint resolves several claims to be current.
            if let found = try? await store.domain(domain),
                found.graph.findings(domain: found.nameReference).contains(where: {
                    $0.severity == .error && $0.kind != .multipleCurrent
                })
            {
                but =
                    ", once the errors that 'momentlog check \(ShellWord.quoted(found.name))'"
                    + " finds are repaired"
            }
            return .setCurrent(name, in: domain, by: options.submission)
        } done: { outcome, _ in
            sentence(outcome) + but
        } already: { outcome in
            sentence(outcome) + but
        }
    }

    private func sentence(_ outcome: CommandOutcome) -> String {
        name.map { "checkpoint \($0) of \(outcome.domain) is current" }
            ?? "no checkpoint of \(outcome.domain) is current"
    }

    private func show(in store: CheckpointStore) async throws {
        let domain = try await store.domain(domain, at: moment.at)
        moment.noteBeginning(of: domain)
        try await moment.noteCommit(in: store)
        guard format.format == .table else {
            return try format.format.print(item: .current(of: domain))
        }
        guard let current = domain.graph.current else {
            guard domain.graph.hasErrors else { return }
            let recorded =
                domain.graph.recordedCurrent.map { "; '\($0)' was current before" } ?? ""
            return Notice.note(
                "unresolved-errors",
                "domain '\(domain.name)' has no current checkpoint: it has unresolved errors"
                    + "\(recorded); 'momentlog check \(ShellWord.quoted(domain.name))' shows them")
        }
        try StandardOutput.shared.print(Terminal.harmless(current.text))
    }
}
