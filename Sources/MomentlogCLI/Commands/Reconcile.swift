import ArgumentParser
import EventLog
import Libvirt
import Momentlog
import Moments
import SQLiteEventLog

struct Reconcile: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare checkpoints with the bitmaps in disk images.",
        discussion: Examples.after(
            """
            Each checkpoint is judged on each disk that it covers, by libvirt's rules, from the \
            image that the guest writes to: valid, missing, inconsistent, not-recording, \
            gap-in-chain, unsupported-format, or unknown where what was inspected proves \
            nothing. While a guest runs, its bitmaps are in QEMU's memory: ask it with --qmp. A \
            file proves that a bitmap is missing or broken only if the guest is shut off, as \
            --image finds by QEMU's lock or --guest-off states. --uri asks libvirt, and the running \
            QEMU through it.

            A bitmap that no checkpoint names is an orphan: it may belong to a checkpoint that is \
            missing in the record, or to another tool. No image is changed. Remedies are printed; \
            those that remove something for good only with --show-destructive.

            With --record verdicts become part of the record, so that 'history' shows between \
            which two checks a bitmap went bad. An unknown verdict is not recorded.

            The exit status is 3 if anything is not valid.
            """, of: "reconcile"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference?
    @Flag(help: "Reconcile all domains that the libvirt of --uri lists.") var all = false
    @OptionGroup(title: "Images") var images: ImageOptions
    @Option(
        help: ArgumentHelp(
            "The libvirt to ask: the running guest's QEMU through it, or the images that the"
                + " definition names if the guest is off and on this host.", valueName: "uri"))
    var uri: String?
    @OptionGroup(title: "Connection") var libvirt: LibvirtOptions
    @Flag(help: "Record the verdicts that are not unknown.") var record = false
    @Flag(help: "With --record: only show what would be recorded.") var dryRun = false
    @Flag(help: "Also print remedies that remove bitmaps or checkpoints for good.")
    var showDestructive = false

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { record && !dryRun }

    func validate() throws {
        if !record
            && (options.requestId != nil || options.expectRevision != nil
                || options.provenance.actor != nil || options.provenance.reason != nil)
        {
            throw ValidationError(
                "--actor, --reason, --request-id and --expect-revision go with --record")
        }
        if dryRun && !record { throw ValidationError("--dry-run goes with --record") }
        if all == (domain != nil) {
            throw ValidationError(
                all
                    ? "--all and a domain's name exclude each other"
                    : "name a domain, or give --all")
        }
        if all && (uri == nil || !images.isEmpty) {
            throw ValidationError("--all asks a libvirt: give --uri, and no images")
        }
        if all && (options.requestId != nil || options.expectRevision != nil) {
            throw ValidationError(
                "--request-id and --expect-revision are about one domain: name it")
        }
        if images.isEmpty && uri == nil {
            throw ValidationError("name an image with --image, --info or --qmp, or give --uri")
        }
        if !images.path.isEmpty && images.qmp == nil && uri == nil {
            throw ValidationError("--path goes with --qmp and --uri")
        }
        if !images.isEmpty && uri != nil {
            throw ValidationError("--uri finds the images itself: leave the others out")
        }
    }

    func run() async throws {
        try await store.with(changesStore ? .readWrite : .read, creating: changesStore) { store in
            let judged: [Judged]
            let isIncomplete: Bool
            if let uri {
                guard let domain else {
                    (judged, isIncomplete) = try await judgeAll(in: store, at: uri)
                    return try finish(judged, isIncomplete)
                }
                judged = [
                    try await libvirt.with(uri) { session in
                        try await judge(domain, in: store, at: session)
                    }
                ]
            } else {
                judged = [try await judge(domain ?? "", in: store)]
            }
            try finish(judged, false)
        }
    }

    private func finish(_ judged: [Judged], _ isIncomplete: Bool) throws {
        try print(judged)
        try StandardOutput.shared.flush()
        if isIncomplete || !judged.allSatisfy(\.reconciled.reconciliation.isSound) {
            throw Finished(status: .incomplete)
        }
    }

    /// A domain's verdicts, and what was or would be recorded of them.
    private struct Judged {
        var reconciled: ReconciledDomain
        var outcome: CommandOutcome?
        var plan: CommandPlan?
    }

    /// The verdicts on all domains that a libvirt lists, and whether some could not be inspected,
    /// which is reported.
    private func judgeAll(
        in store: CheckpointStore, at uri: String
    ) async throws -> ([Judged], isIncomplete: Bool) {
        var judged: [Judged] = []
        var failures: [MomentlogError] = []
        var rest = try await store.domains()[...]
        while !rest.isEmpty {
            do {
                // A call that hangs occupies its connection: the next domains need another one.
                try await libvirt.with(uri) { session in
                    while let entry = rest.popFirst() {
                        let domain = entry.reference
                        do {
                            judged.append(try await judge(domain, in: store, at: session))
                        } catch let error as MomentlogError where error.code == .noDomain {
                            Notice.note("not-listed", error.message)
                        } catch let error as MomentlogError {
                            failures.append(error)
                            if (error.cause as? LibvirtFailure)?.isTimeout == true { return }
                        }
                    }
                }
            } catch let error as MomentlogError {
                failures.append(error)
                break
            }
        }
        if judged.isEmpty, let failure = failures.first { throw failure }
        for failure in failures { Notice.error(failure) }
        return (judged, !failures.isEmpty)
    }

    private func judge(
        _ domain: DomainReference, in store: CheckpointStore, at session: LibvirtSession? = nil
    ) async throws -> Judged {
        let seen = try await inspect(domain, store, session)
        if record { _ = try seen.settled("it is not recorded") }
        var judged = Judged(reconciled: try await store.reconcile(domain, with: seen.report))
        let instruction = Instruction.observe(seen.report, in: domain, by: options.submission)
        if record && dryRun { judged.plan = try await store.plan(instruction) }
        if record && !dryRun { judged.outcome = try await store.perform(instruction) }
        if let outcome = judged.outcome, outcome.commit != nil, !outcome.isRepeated {
            Effects.record()
        }
        return judged
    }

    private func inspect(
        _ domain: DomainReference, _ store: CheckpointStore, _ session: LibvirtSession?
    ) async throws -> ImageOptions.Inspected {
        let disks = try await store.disks(of: domain)
        guard let session else { return try images.inspect(disks) }
        let seen = try await store.guest(domain, at: session)
        switch seen.state {
        case .running(let answer):
            return try images.inspect(disks ?? seen.disks, answer: (answer, "QEMU's answer"))
        case .shutOff:
            var images = images
            // The images that the next start uses: libvirt names them, the record may be older.
            images.image = seen.disks.filter { $0.isPath && !$0.isReadOnly }.compactMap {
                disk in disk.source.map { "\(disk.target)=\($0)" }
            }
            images.guestOff = true
            return try images.inspect(seen.disks)
        }
    }

    private func print(_ judged: [Judged]) throws(MomentlogError) {
        guard format.format == .table else {
            return try format.format.print(
                items: judged.lazy.flatMap { ReconciliationOutput.items(of: $0.reconciled) })
        }
        for (offset, one) in judged.enumerated() {
            if all {
                if offset > 0 { try StandardOutput.shared.print("") }
                let name = Terminal.harmless(one.reconciled.domain.name)
                try StandardOutput.shared.print(Terminal.styled("domain \(name)", .bold))
            }
            try ReconciliationOutput(one.reconciled, showsDestructive: showDestructive).print()
            if let outcome = one.outcome { try print(outcome) }
            if let plan = one.plan {
                try format.say("Would be recorded: \(plan.events.count) verdicts")
            }
        }
        if all {
            let count = judged.count
            try StandardOutput.shared.print("\(count) domain\(count == 1 ? "" : "s") reconciled")
        }
    }

    private func print(_ outcome: CommandOutcome) throws(MomentlogError) {
        guard let commit = outcome.commit, let sequences = outcome.sequences else {
            return try format.say("Unchanged: the verdicts are recorded already")
        }
        let count = sequences.count
        try format.say("Recorded: \(count) event\(count == 1 ? "" : "s") in commit \(commit)")
    }
}
