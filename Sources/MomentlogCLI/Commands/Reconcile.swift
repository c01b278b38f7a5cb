import ArgumentParser
import Momentlog

struct Reconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Hold checkpoints against the bitmaps in disk images.",
        discussion: """
            Each checkpoint is judged on each disk that it covers, by libvirt's rules: valid, \
            missing, inconsistent, not-recording, gap-in-chain, unsupported-format, or unknown \
            if no image of the disk is given. A bitmap that no checkpoint names is an orphan. \
            No image is changed: what repairs is printed, to be run while the guest is off \
            unless the command is virsh's.

            With --record what was seen becomes a part of the record, so that 'history' tells \
            between which two looks a bitmap went bad.

            The exit status is 3 if anything is not valid.
            """)

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: String
    @OptionGroup(title: "Images") var images: ImageOptions
    @Flag(help: "Record what was seen.") var record = false

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func validate() throws {
        if !record
            && (options.requestId != nil || options.expectRevision != nil
                || options.provenance.actor != nil || options.provenance.reason != nil)
        {
            throw ValidationError(
                "--actor, --reason, --request-id and --expect-revision go with --record")
        }
        if images.isEmpty {
            throw ValidationError("name an image with --image, --info or --qmp")
        }
    }

    func run() async throws {
        try await store.with(creating: record) { store in
            let seen = try images.look(try await store.disks(of: domain))
            if record { _ = try seen.settled("it is not recorded") }
            let reconciled = try await store.reconcile(domain, with: seen.report)
            var outcome: CommandOutcome?
            if record {
                outcome = try await store.observe(
                    seen.report, in: domain, by: options.submission)
            }
            try ReconciliationOutput(reconciled, stale: seen.stale).print(format.format)
            if let outcome, format.format == .table { try print(outcome) }
            try StandardOutput.shared.flush()
            if !reconciled.reconciliation.isSound { throw Finished(status: .incomplete) }
        }
    }

    private func print(_ outcome: CommandOutcome) throws(MomentlogError) {
        guard let commit = outcome.commit, let sequences = outcome.sequences else {
            return try StandardOutput.shared.print("There was nothing to record.")
        }
        let count = sequences.count
        try StandardOutput.shared.print(
            "Recorded: \(count) event\(count == 1 ? "" : "s") in commit \(commit)")
    }
}
