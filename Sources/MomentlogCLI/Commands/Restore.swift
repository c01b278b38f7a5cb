import ArgumentParser
import Momentlog
import Moments
import SQLiteEventLog

struct Restore: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Replace the store by a backup.",
        discussion: Examples.after(
            """
            The backup is verified from its first event on. An existing store is refused unless \
            --replace is given; it is then kept under another name. If its head listed events that \
            the backup does not have, their loss is recorded as an event.
            """, of: "restore"))

    @Argument(help: "The file that 'momentlog backup' made.", completion: .file())
    var file: String
    @Flag(help: "Replace an existing store, which is kept under another name.") var replace = false
    @Flag(help: "Only verify the backup, and show what would be restored.") var dryRun = false
    @OptionGroup(title: "Audit trail") var provenance: ProvenanceOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func run() async throws {
        let progress = Progress("restore", "pages", format)
        defer { progress.end() }
        let report = try await store.restoration(
            from: file, replacing: replace, isDryRun: dryRun, by: provenance.submission
        ).run { progress.show($0) }
        progress.end()
        if !dryRun { Effects.record() }
        if report.replacesOtherStore {
            Notice.warning(
                "other-store",
                "the backup is of another store than the one \(dryRun ? "that is" : "that was")"
                    + " at \(report.path): its head file has another first line")
        }
        if !report.isLossKnown {
            Notice.warning(
                "unknown-loss",
                "whether events are lost is not known: the store at \(report.path) has no head file,"
                    + " and its database is missing or cannot be read")
        }
        guard format.format == .table else {
            return try format.format.print(item: .restoration(report, isDryRun: dryRun))
        }
        guard !dryRun else {
            try StandardOutput.shared.print(
                Terminal.harmless(
                    "\(report.eventCount) events would be restored to \(report.path)"))
            if let lost = report.lostHead {
                try StandardOutput.shared.print(
                    "The store has, or had, \(lost.size) events: those that the backup does not have"
                        + " would be left in the replaced store alone, and their loss recorded")
            }
            return
        }
        try format.say("\(report.eventCount) events restored to \(report.path)")
        if let lost = report.lostHead {
            try format.say(
                "The replaced store had \(lost.size) events; the loss of the missing ones has been"
                    + " recorded")
        }
        guard let copy = report.replacedPath else { return }
        let isPart = ["-wal", "-journal", "-shm"].contains { copy.hasSuffix($0) }
        try format.say(
            isPart
                ? "What was beside the missing database is now \(copy)"
                : "The replaced store is now \(copy)")
        if report.isReplacedReadable, let lost = report.lostHead, lost.size > report.eventCount {
            try format.say(
                "Its last events: momentlog --store \(ShellWord.quoted(copy)) --read-only log --since"
                    + " \(report.eventCount + 1)")
        }
    }
}
