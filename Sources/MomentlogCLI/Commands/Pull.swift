import ArgumentParser
import Libvirt
import Momentlog
import Moments
import SQLiteEventLog

struct PullCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Record the checkpoints that a running libvirt has.",
        discussion: Examples.after(
            """
            URI is libvirt's connection URI, such as qemu:///system or qemu+ssh://HOST/system. \
            Without DOMAIN, all domains that have checkpoints there or are recorded are observed. \
            Each domain is one commit; if nothing changed, nothing is appended.

            A domain is recognized by its UUID, a checkpoint by its name and creation time: a name \
            that is reused with another time is another checkpoint, and incremental backups that \
            are based on the former one are broken (name-reused, exit status 3).

            A transient domain loses its checkpoints whenever its guest stops or moves. What is \
            missing there, missing completely, or was missing at the observation before (as after \
            a push that did not complete) is reported as lost and not recorded as deleted: \
            'push' restores it, --accept-gone records that it was deleted. With --keep-lost, what is \
            new is recorded although others are lost, which stay recorded: 'push' refuses to pass \
            over what only libvirt has. A domain that the \
            host does not list is left unchanged.

            What 'prune' removed from the record alone and libvirt still has is reported \
            (unknown-here), and recorded again only with --all.

            libvirt never says which checkpoint is current. Of one chain it is the leaf; \
            otherwise the youngest that is new is recorded, or the pointer stays.

            The exit status is 3 if a domain is lost, busy or in conflict, if an error was found, \
            or if a domain that was named is not listed.
            """, of: "pull"))

    @Argument(help: "libvirt's connection URI.") var uri: String
    @Argument(help: "Names or UUIDs; none for all.", completion: .domains) var domain:
        [DomainReference] = []
    @Flag(help: "Only report what would be recorded.") var dryRun = false
    @Flag(help: "Record what is missing as deleted although nothing shows that it was.")
    var acceptGone = false
    @Flag(help: Confirmation.help) var yes = false
    @Flag(help: "Also record domains without checkpoints, and definitions that changed.")
    var definitions = false
    @Flag(help: "Record what is new although others are lost, which stay recorded.")
    var keepLost = false
    @Flag(help: "Also record again what was pruned in the record alone.") var all = false

    @OptionGroup(title: "Connection") var libvirt: LibvirtOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    /// Asks on a terminal before more than one checkpoint is recorded as deleted. What is missing
    /// then is accepted, and nothing else.
    private func confirm(
        _ pull: inout PullOptions, _ store: CheckpointStore, _ session: any LibvirtHost
    ) async throws {
        guard acceptGone, !dryRun, !yes, Confirmation.canAsk else { return }
        if let request = options.submission.request,
            try await store.outcome(ofRequest: request) != nil
        {
            return
        }
        var planning = pull
        planning.isDryRun = true
        let planned = try await store.pull(
            from: session, domains: domain, options: planning, by: options.submission)
        var shown: [DomainUUID: Set<CheckpointName>] = [:]
        for domain in planned {
            let deleted = domain.events.deletedCheckpoints
            try Confirmation.require(removing: deleted, of: domain.domain.text, isGiven: yes)
            if let uuid = domain.uuid { shown[uuid] = Set(deleted) }
        }
        pull.shownAsGone = shown
    }

    func run() async throws {
        try await store.with(dryRun ? .read : .readWrite, creating: true) { store in
            let pulled = try await libvirt.with(uri) { session in
                var pull = PullOptions(
                    isDryRun: dryRun, acceptsGone: acceptGone, recordsDefinitions: definitions,
                    recordsPruned: all, keepsLost: keepLost)
                try await confirm(&pull, store, session)
                return try await store.pull(
                    from: session, domains: domain, options: pull, by: options.submission)
            }
            if !dryRun, pulled.contains(where: { $0.commit != nil }) { Effects.record() }
            try PullOutput(pulled, isDryRun: dryRun).print(format.format)
            try StandardOutput.shared.flush()
            if pulled.contains(where: \.needsAttention) { throw Finished(status: .incomplete) }
        }
    }
}
