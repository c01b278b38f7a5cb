import ArgumentParser
import Momentlog

@main
struct MomentlogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "momentlog",
        abstract: "A record of virtual machines' disk checkpoints that does not lose them.",
        // The line that would be made names every option of a store, and is too long.
        usage: "momentlog [--store <file>] <subcommand>",
        discussion: """
            momentlog keeps every checkpoint operation as an event in a log, and answers from \
            it: what is there, what is wrong, what happened. It reads and writes libvirt's \
            checkpoint XML.

            DOMAIN is a domain's name or UUID. A name that begins with '-' needs '--' before it.

            Exit status: 0 done; 1 refused, nothing changed; 2 outcome unknown; 3 done, but \
            something was skipped or an error was found; 4 the store is damaged, altered or \
            behind its head, or a proof failed; 64 wrong usage; 75 busy, try again.
            """,
        version: "momentlog \(Version.text)",
        groupedSubcommands: [
            CommandGroup(
                name: "Taking over and handing back", subcommands: [Import.self, Export.self]),
            CommandGroup(
                name: "Live libvirt", subcommands: [PullCommand.self, Push.self, Compare.self]),
            CommandGroup(
                name: "Recording checkpoints",
                subcommands: [
                    Create.self, Record.self, Redefine.self, Delete.self, Current.self, Revert.self,
                    Prune.self,
                    Apply.self,
                ]),
            CommandGroup(
                name: "Recording domains",
                subcommands: [Define.self, Rename.self, Undefine.self]),
            CommandGroup(
                name: "Looking",
                subcommands: [
                    Status.self, Domains.self, List.self, Info.self, Parent.self, Dumpxml.self,
                ]),
            CommandGroup(
                name: "Checking and auditing",
                subcommands: [
                    Check.self, Reconcile.self, Log.self, Diff.self, History.self, Head.self,
                    Verify.self,
                    VerifyLog.self,
                ]),
            CommandGroup(
                name: "Keeping the store",
                subcommands: [
                    Backup.self, Restore.self, Compact.self, Snapshot.self, Stats.self,
                    Settings.self, AcceptLoss.self, Schema.self,
                ]),
        ])

    @OptionGroup(title: "Store") var store: StoreOptions

    static func main() async {
        StandardError.claimDescriptors()
        let status: Int32
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            try OldWords.check(arguments)
            var command = try await asyncParseAsRoot(
                AgeArgument.prepared(arguments))
            try (command as? any ChangingCommand)?.refuseIfReadOnly()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try StandardOutput.shared.flush()
            status = ExitStatus.done.rawValue
        } catch {
            status = ErrorReport(error).print()
        }
        exitProcess(status)
    }
}
