import ArgumentParser
import EventLog
import Momentlog
import Moments
import SQLiteEventLog

struct Check: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the recorded graphs for errors, and repair them.",
        discussion: Examples.after(
            """
            What is recorded of each domain is compared with the rules of a checkpoint graph; \
            'momentlog reconcile' compares it with disk images, and 'momentlog verify' checks the \
            integrity of the store.

            With --repair a checkpoint whose parent is missing becomes a root, unless \
            --reparent gives it a parent; a cycle is cut where it is shown, or where --reparent \
            says; of several that claim to be current the youngest is chosen, or that of --current. \
            No checkpoint is lost, and the recorded current checkpoint is valid again. A file \
            that is found later joins its children only if it is imported before the repair. \
            Each domain is a separate commit, whose reason lists the findings unless --reason \
            gives another. A checkpoint whose missing parent was cut away gets it back with \
            --reparent; if nothing else is requested, nothing else is repaired.

            With --acknowledge a reused name (name-reused) is no longer reported.

            The exit status is 3 if an error is left, 0 if only warnings are.
            """, of: "check"))

    @Argument(help: "Names or UUIDs; all domains if none is given.", completion: .domains)
    var domains: [DomainReference] = []
    @Flag(help: "Repair the errors, and print what was changed.") var repair = false
    @Flag(help: "Repair all domains.") var all = false
    @Flag(help: "Only print what --repair would change.") var dryRun = false
    @Option(
        help: ArgumentHelp(
            "A new parent for a checkpoint whose own is missing or in a cycle with it;"
                + " may be repeated.", valueName: "name=parent"))
    var reparent: [String] = []
    @Option(
        help: ArgumentHelp("The checkpoint that is current afterwards.", valueName: "name"),
        completion: .checkpoints)
    var current: CheckpointName?

    @Option(
        help: ArgumentHelp(
            "Acknowledge a checkpoint's name-reused; needs --reason.", valueName: "name"),
        completion: .checkpoints)
    var acknowledge: CheckpointName?

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { (repair || acknowledge != nil) && !dryRun }

    func validate() throws {
        if isRepair && moment.at != nil {
            throw ValidationError("--at shows the past, which --repair cannot change")
        }
        if !isRepair && (!reparent.isEmpty || current != nil) {
            throw ValidationError("--reparent and --current go with --repair")
        }
        if all && (!isRepair || !domains.isEmpty) {
            throw ValidationError("--all goes with --repair, in place of names of domains")
        }
        if repair && domains.isEmpty && !all {
            throw ValidationError("--repair needs the names of domains, or --all")
        }
        if acknowledge != nil {
            if repair || moment.at != nil {
                throw ValidationError("--acknowledge goes with neither --repair nor --at")
            }
            if options.provenance.reason == nil {
                throw ValidationError("--acknowledge needs --reason: why nothing has to be done")
            }
        } else if !repair
            && (options.requestId != nil || options.expectRevision != nil
                || options.provenance.actor != nil || options.provenance.reason != nil)
        {
            throw ValidationError(
                "--actor, --reason, --request-id and --expect-revision go with --repair or"
                    + " --acknowledge")
        }
        let isOfOne =
            !reparent.isEmpty || current != nil || acknowledge != nil || options.requestId != nil
            || options.expectRevision != nil
        if isOfOne && domains.count != 1 {
            throw ValidationError(
                "--reparent, --current, --acknowledge, --request-id and --expect-revision are about"
                    + " one domain: name it, and no other")
        }
        do throws(MomentlogError) { _ = try choices } catch {
            throw ValidationError("\(error)")
        }
    }

    /// Whether a repair is requested, even if only as a dry run.
    private var isRepair: Bool { repair || dryRun && acknowledge == nil }

    private var choices: Repair {
        get throws(MomentlogError) {
            var choices = Repair(current: current)
            for text in reparent { try choices.addParent(text) }
            return choices
        }
    }

    func run() async throws {
        if let acknowledge { return try await run(acknowledging: acknowledge) }
        // A store that does not exist has no domain of the names given; it has no domains at all.
        try await store.with(
            changesStore ? .readWrite : .read, creating: changesStore && !all
        ) { store in
            if changesStore {
                try await DomainRepair(repair: choices, submission: options.submission)
                    .run(try await names(in: store), in: store, format.format)
            } else if dryRun {
                try await printPlan(of: store)
            } else {
                try await printFindings(of: store)
            }
        }
    }

    private func run(acknowledging checkpoint: CheckpointName) async throws {
        try await RecordedChange(store: store, format: format, isDryRun: dryRun).run { _ in
            .acknowledge(.nameReused, of: checkpoint, in: domains[0], by: options.submission)
        } done: { outcome, _ in
            "finding name-reused of \(outcome.subject) acknowledged"
        } already: { outcome in
            "\(outcome.subject) has no finding name-reused"
        }
    }

    /// Returns the findings, and the number of domains.
    private func look(in store: CheckpointStore) async throws -> ([Finding], Int) {
        guard let at = moment.at else {
            return (try await store.findings(of: domains), try await store.domains().count)
        }
        if try await store.position(at: at).sequence == 0 {
            Notice.note("nothing-recorded", "at \(at.words) nothing had been recorded yet")
        }
        try await moment.noteCommit(in: store)
        return (
            try await store.findings(of: domains, at: at), try await store.domains(at: at).count
        )
    }

    /// Returns the requested domains, each once: one that is named twice is repaired once.
    private func names(in store: CheckpointStore) async throws -> [DomainReference] {
        if domains.isEmpty {
            return try await store.domains().map(\.reference)
        }
        var names: [DomainReference] = []
        // A request is answered again even if its domain has been undefined or renamed.
        if options.requestId != nil { return domains }
        for domain in domains {
            let name = try await store.domain(domain).nameReference
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func printFindings(of store: CheckpointStore) async throws {
        let (findings, all) = try await look(in: store)
        if format.format == .table {
            let count = domains.isEmpty ? all : Set(domains).count
            try FindingsOutput.print(findings)
            try FindingsOutput.printCount(findings, domains: count)
        } else {
            try format.format.print(
                items: findings.lazy.map { JSONItem.finding($0, rendering: RemedyCommand.rendered) }
            )
        }
        try StandardOutput.shared.flush()
        if findings.contains(where: { $0.severity == .error }) {
            throw Finished(status: .incomplete)
        }
    }

    private func printPlan(of store: CheckpointStore) async throws {
        var plans: [RepairPlan] = []
        for name in try await names(in: store) {
            plans.append(try await store.plan(try choices, in: name))
        }
        try PlanOutput.print(plans, format.format)
        try StandardOutput.shared.flush()
        // Nothing is repaired yet.
        if plans.contains(where: \.domain.graph.hasErrors) {
            throw Finished(status: .incomplete)
        }
    }
}
