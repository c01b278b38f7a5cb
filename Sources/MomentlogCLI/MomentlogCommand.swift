import ArgumentParser
import Momentlog
import Moments

#if !CommandLine
    #error("the command needs the trait CommandLine: 'make', or 'swift build --traits CommandLine'")
#endif

@main
struct MomentlogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "momentlog",
        abstract: "Record and audit virtual machines' disk checkpoints.",
        // The generated line would list every option of a store, and be too long.
        usage: "momentlog [--store <file>] <subcommand>",
        discussion: """
            momentlog keeps every checkpoint operation as an event in a log. It shows which \
            checkpoints exist, what is wrong with them and what happened to them, and reads and \
            writes libvirt's checkpoint XML.

            To start: 'momentlog import /var/lib/libvirt/qemu/checkpoint', then 'momentlog check'.

            DOMAIN is a domain's name or UUID. A name that begins with '-' needs '--' before it.

            Exit status: 0 done; 1 refused, nothing changed; 2 outcome unknown; 3 done, but \
            something was skipped or an error was found; 4 the store is damaged, altered or \
            behind its head, or a proof failed; 64 wrong usage; 75 busy, try again.

            'momentlog help TOPIC' explains: when, remedies, exit-status, json, store.
            """,
        version: "momentlog \(Version.text)",
        groupedSubcommands: [
            CommandGroup(
                name: "Import and export", subcommands: [Import.self, Export.self]),
            CommandGroup(
                name: "Live libvirt", subcommands: [PullCommand.self, Push.self, Compare.self]),
            CommandGroup(
                name: "Checkpoint",
                subcommands: [
                    Create.self, Record.self, Redefine.self, Delete.self, Current.self, Revert.self,
                    Prune.self,
                    Apply.self,
                ]),
            CommandGroup(
                name: "Domain",
                subcommands: [Define.self, Rename.self, Undefine.self]),
            CommandGroup(
                name: "Query",
                subcommands: [
                    Status.self, Domains.self, List.self, Info.self, Parent.self, Dumpxml.self,
                ]),
            CommandGroup(
                name: "Check and audit",
                subcommands: [
                    Check.self, Reconcile.self, Log.self, Show.self, Diff.self, History.self,
                    Head.self,
                    Verify.self,
                    VerifyLog.self,
                ]),
            CommandGroup(
                name: "Maintenance",
                subcommands: [
                    Backup.self, Restore.self, Compact.self, Snapshot.self, Stats.self,
                    Settings.self, AcceptLoss.self, Schema.self,
                ]),
        ])

    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    static func main() async {
        StandardError.claimDescriptors()
        let status: Int32
        do {
            try await run(GlobalArguments.moved(Array(CommandLine.arguments.dropFirst())))
            try StandardOutput.shared.flush()
            status = ExitStatus.done.rawValue
        } catch {
            status = ErrorReport(error).print()
        }
        exitProcess(status)
    }

    /// Carries out a command line whose first word is the command.
    private static func run(_ arguments: [String]) async throws {
        if let topic = try HelpTopic.asked(for: arguments) { return try topic.print() }
        try OldWords.check(arguments)
        try KnownWords.check(arguments)
        var command = try await asyncParseAsRoot(AgeArgument.prepared(arguments))
        guard GlobalArguments.current.format != .prometheus || command is Status else {
            throw ValidationError("--format prometheus is for 'momentlog status' alone")
        }
        ErrorReport.domain = (command as? any DomainCommand)?.domainArgument?.text
        ErrorReport.document = (command as? any DomainCommand)?.documentArgument
        try (command as? any ChangingCommand)?.refuseIfReadOnly()
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }
}
