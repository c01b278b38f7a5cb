import ArgumentParser
import EventLog
import Glibc
import Momentlog
import Moments
import SQLiteEventLog

struct Prune: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove the checkpoints that no rule keeps.",
        discussion: Examples.after(
            """
            A checkpoint stays if any rule keeps it, as in 'restic forget'. Hours, days, weeks (from Monday), \
            months and years are those of the local time zone, and count only where a checkpoint \
            was created in them. The current checkpoint always stays. So does, for each disk, the \
            newest checkpoint whose bitmap was last seen valid.

            Checkpoints are removed from the record alone, each domain's in a separate commit. \
            --script also prints the virsh commands that delete them in libvirt, instead of the \
            report. With --uri they are deleted in that libvirt first, with their bitmaps. libvirt \
            has to have each of them with its creation time; otherwise nothing is deleted \
            (conflict). Only what is deleted there is removed from the record: if a deletion fails, \
            the rest stays, and the exit status is 3, or 1 if nothing was deleted.
            """, of: "prune"))

    @Argument(help: "Names or UUIDs.", completion: .domains) var domains: [DomainReference] = []
    @Flag(help: "Prune all domains.") var all = false
    @OptionGroup(title: "Retention") var rules: RetentionOptions
    @Flag(help: "Only print what would stay and what would be removed.") var dryRun = false
    @Flag(
        help: """
            Print a shell script of virsh commands that delete in libvirt what was removed from \
            the record.
            """)
    var script = false
    @Flag(help: Confirmation.help) var yes = false
    @Option(help: ArgumentHelp("The libvirt to delete in first.", valueName: "uri"))
    var uri: String?
    @OptionGroup(title: "Connection") var libvirt: LibvirtOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func validate() throws {
        if all != domains.isEmpty {
            throw ValidationError(
                all ? "--all and names of domains exclude each other" : "name a domain, or --all")
        }
        if script && format.format != .table {
            throw ValidationError("--script and --format exclude each other")
        }
        if uri != nil && (script || options.requestId != nil) {
            throw ValidationError("--uri excludes --script and --request-id")
        }
        if (options.requestId != nil || options.expectRevision != nil) && domains.count != 1 {
            throw ValidationError(
                "--request-id and --expect-revision are about one domain: name it, and no other")
        }
    }

    func run() async throws {
        try await store.with(changesStore ? .readWrite : .read) { store in
            // A request that is repeated is answered as before: what its rules name may be gone.
            if !dryRun, let request = options.submission.request,
                try await store.outcome(ofRequest: request) != nil
            {
                return try await prune(domains.map { ($0, options.submission) }, in: store)
            }
            let named = try await plans(in: store)
            let plans = named.map(\.plan)
            if let uri { return try await prune(plans, in: store, at: uri) }
            if dryRun { return try print(plans, isDone: false) }
            try Confirmation.require(
                removing: plans.flatMap(\.removed),
                of: plans.count == 1 ? plans[0].domain.name : "\(plans.count) domains", isGiven: yes
            )
            try await prune(
                named.map { name, submission, plan in
                    var submission = submission
                    // What was confirmed is carried out; otherwise the rules decide on the present
                    // record.
                    if submission.expectedDomain != nil, submission.expectedRevision == nil {
                        submission.expectedRevision = plan.domain.revision
                    }
                    return (name, submission)
                }, in: store)
        }
    }

    /// Returns what would be done to each domain, with the name that it was given, and the
    /// submission.
    private func plans(
        in store: CheckpointStore
    ) async throws -> [(name: DomainReference, submission: Submission, plan: Pruning)] {
        var names = domains
        if all { names = try await store.domains().map(\.reference) }
        var plans: [(name: DomainReference, submission: Submission, plan: Pruning)] = []
        for name in names {
            var submission = options.submission
            if !dryRun, !yes {
                try await Confirmation.bind(&submission, to: name, in: store)
            }
            let plan = try await store.pruning(
                of: name, keeping: rules.retention, zone: LocalTime.rules)
            // A domain that is named twice is pruned once.
            let isNew = !plans.contains { planned in
                planned.plan.domain.name.utf8.elementsEqual(plan.domain.name.utf8)
            }
            if isNew { plans.append((name, submission, plan)) }
        }
        for name in rules.keep.sorted() {
            guard !plans.contains(where: { $0.plan.domain.graph.contains(name) }) else { continue }
            throw MomentlogError.noCheckpoint(name)
        }
        return plans
    }

    private func prune(
        _ targets: [(domain: DomainReference, submission: Submission)],
        in store: CheckpointStore
    ) async throws {
        let answers = await store.perform(
            targets.map { target in
                .prune(
                    target.domain, keeping: rules.retention, zone: LocalTime.rules,
                    by: target.submission)
            })
        var done: [Pruning] = []
        var failures: [MomentlogError] = []
        for answer in answers {
            do throws(MomentlogError) {
                done.append(
                    try await store.pruning(
                        by: try answer.get(), keeping: rules.retention, zone: LocalTime.rules))
            } catch {
                failures.append(error)
            }
        }
        if done.isEmpty, let failure = failures.first { throw failure }
        do throws(MomentlogError) {
            try print(done, isDone: true)
            try StandardOutput.shared.flush()
        } catch {
            // What was removed stays removed.
            failures.append(error)
        }
        for failure in failures {
            Notice.error(failure)
        }
        if failures.contains(where: { $0.code == .outcomeUnknown }) {
            throw Finished(status: .unknown)
        }
        if !failures.isEmpty { throw Finished(status: .incomplete) }
    }

    /// Deletes in libvirt, and then in the record.
    private func prune(_ plans: [Pruning], in store: CheckpointStore, at uri: String) async throws {
        let (reports, failures) = try await libvirt.with(uri) { session in
            if !dryRun {
                try Confirmation.require(
                    removing: plans.flatMap(\.removed),
                    of: plans.count == 1 ? plans[0].domain.name : "\(plans.count) domains",
                    from: "libvirt, with their bitmaps, and from the record", isGiven: yes)
            }
            var reports: [LivePruning] = []
            var failures: [MomentlogError] = []
            for plan in plans {
                do throws(MomentlogError) {
                    var submission = options.submission
                    // What was shown is deleted, or nothing.
                    submission.expectedRevision =
                        submission.expectedRevision ?? plan.domain.revision
                    let report = try await store.prune(
                        plan.domain.reference,
                        keeping: rules.retention, zone: LocalTime.rules, at: session,
                        isDryRun: dryRun, by: submission)
                    reports.append(report)
                } catch {
                    failures.append(error.advising(plan.domain.name))
                    // The next ones would fail alike.
                    if error.code == .unreachable { break }
                }
            }
            return (reports, failures)
        }
        // What may have been done is more important than what was not.
        var errors = reports.compactMap(\.error) + failures
        errors =
            errors.filter { $0.code == .outcomeUnknown }
            + errors.filter { $0.code != .outcomeUnknown }
        let hasDeleted =
            reports.contains { !dryRun && !$0.deleted.isEmpty }
            || failures.contains { $0.details.contains { $0.name == "deletedInLibvirt" } }
        if !hasDeleted, errors.count == 1, let first = errors.first { throw first }
        if !hasDeleted, let first = errors.first {
            for error in errors.dropFirst().reversed() { Notice.error(error) }
            throw first
        }
        do throws(MomentlogError) {
            if !reports.isEmpty || format.format != .table {
                try PruneOutput.print(reports, at: uri, isDone: !dryRun, format.format)
            }
            try StandardOutput.shared.flush()
        } catch {
            guard hasDeleted else { throw error }
            // What was deleted stays deleted.
            errors.append(error)
        }
        for error in errors { Notice.error(error) }
        if errors.contains(where: { $0.code == .outcomeUnknown }) {
            throw Finished(status: .unknown)
        }
        if !errors.isEmpty { throw Finished(status: .incomplete) }
    }

    private func print(_ prunings: [Pruning], isDone: Bool) throws(MomentlogError) {
        if script {
            try DeletionScript(prunings).forEachLine(StandardOutput.shared.print)
        } else {
            try PruneOutput.print(prunings, isDone: isDone, format.format)
        }
    }
}

extension MomentlogError {
    /// Returns the error with the command that records what was deleted in libvirt alone.
    fileprivate func advising(_ domain: String) -> MomentlogError {
        guard
            case .texts(let names)? = details.first(where: { $0.name == "deletedInLibvirt" })?.value
        else { return self }
        var error = self
        let words = ["momentlog", "delete", domain] + names
        error.hint =
            "record it when the store can be written to: "
            + words.map { ShellWord.quoted($0) }.joined(separator: " ")
        return error
    }
}

extension LivePruning {
    /// The error of a deletion that failed; nil if none did.
    fileprivate var error: MomentlogError? {
        guard let failure else { return nil }
        return MomentlogError(
            failure.isUnknown ? .outcomeUnknown : .conflict,
            "checkpoint '\(failure.checkpoint)' of '\(pruning.domain.name)' "
                + (failure.isUnknown ? "may not be" : "was not")
                + " deleted in libvirt, and stays in the record: \(failure.message)",
            hint: "compare the record with what libvirt has")
    }
}
