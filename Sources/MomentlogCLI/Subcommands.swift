import ArgumentParser
import Synchronization

/// All commands, in the groups in which the help shows them.
enum Subcommands {
    private static let groups = [
        CommandGroup(
            name: "Taking over and handing back", subcommands: [Import.self, Export.self]),
        CommandGroup(
            name: "Recording checkpoints",
            subcommands: [
                Create.self, Redefine.self, Delete.self, Current.self, Apply.self,
            ]),
        CommandGroup(
            name: "Recording domains",
            subcommands: [Define.self, Rename.self, Undefine.self]),
        CommandGroup(
            name: "Looking",
            subcommands: [
                Domains.self, List.self, Info.self, Parent.self, Dumpxml.self,
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
                Settings.self, Schema.self,
            ]),
    ]

    /// Their names.
    ///
    /// Each is written down where the command is: to make it of the type's name, as the parser
    /// does else, takes a third of a millisecond each, before anything is done.
    static let names = groups.flatMap(\.subcommands).map(name(of:))

    private static let chosen = Mutex<String?>(nil)

    /// Has the parser look at no other command than the one that a command line begins with:
    /// to look at each takes a tenth of a millisecond and more, through reflection. Where
    /// another word is first, it looks at all.
    ///
    /// - Parameter arguments: The command line without the program's name.
    static func use(for arguments: [String]) {
        let first = arguments.first.flatMap { names.contains($0) ? $0 : nil }
        // What is asked of the parser about all commands may stand behind the name of one.
        let asksOfAll = arguments.contains {
            $0.hasPrefix("--generate-completion-script") || $0.hasPrefix("--experimental")
        }
        chosen.withLock { $0 = asksOfAll ? nil : first }
    }

    /// The groups of those that the parser looks at.
    static var inUse: [CommandGroup] {
        guard let chosen = chosen.withLock({ $0 }) else { return groups }
        for group in groups {
            for command in group.subcommands where name(of: command) == chosen {
                return [CommandGroup(name: group.name, subcommands: [command])]
            }
        }
        return groups
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? command._commandName
    }
}
