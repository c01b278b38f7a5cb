import ArgumentParser
import Momentlog

struct Current: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "current",
        abstract: "Show the current checkpoint, or set it.",
        discussion: """
            The current checkpoint is the one that the next 'create' takes as parent. Setting \
            it also settles several that claim to be current.
            """)

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: String
    @Argument(help: "The checkpoint that becomes current.", completion: .checkpoints)
    var name: String?
    @Flag(help: "Let none be current.") var clear = false

    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    var changesStore: Bool { clear || name != nil }

    func validate() throws {
        if clear && name != nil { throw ValidationError("NAME and --clear exclude each other") }
        if moment.at != nil && (clear || name != nil) {
            throw ValidationError("the past is not changed: --at only shows")
        }
    }

    func run() async throws {
        try await store.with(changesStore ? .readWrite : .read, creating: changesStore) { store in
            if changesStore { try await set(in: store) } else { try await show(in: store) }
        }
    }

    private func set(in store: CheckpointStore) async throws {
        let outcome = try await store.setCurrent(name, in: domain, by: options.submission)
        // It is done; what else there is to say must not fail it.
        let hasErrors = (try? await store.graph(of: outcome.domain).hasErrors) ?? false
        let what = name.map { "Domain checkpoint \($0)" } ?? "No domain checkpoint"
        let quoted = ShellWord.quoted(outcome.domain)
        let but =
            hasErrors
            ? ", once the errors that 'momentlog check \(quoted)' finds are repaired" : ""
        try format.format.print(
            outcome, done: "\(what) is current now\(but)",
            already: "\(what) is current already\(but)")
    }

    private func show(in store: CheckpointStore) async throws {
        let domain = try await store.domain(domain, at: moment.at)
        moment.noteBeginning(of: domain)
        guard format.format == .table else {
            return try format.format.printJSON { json in
                json.member("domain", domain.name)
                json.member("current", domain.graph.current)
            }
        }
        guard let current = domain.graph.current else {
            let recorded = domain.graph.recordedCurrent.map { "; '\($0)' was before" } ?? ""
            throw MomentlogError(
                .noCheckpoint,
                "domain '\(domain.name)' has no current checkpoint"
                    + (domain.graph.hasErrors ? ", since errors stand\(recorded)" : ""),
                hint: domain.graph.hasErrors
                    ? "'momentlog check \(ShellWord.quoted(domain.name))' shows them"
                    : "the next 'create' makes a root; 'momentlog current DOMAIN NAME' sets one")
        }
        try StandardOutput.shared.print(Terminal.harmless(current))
    }
}
