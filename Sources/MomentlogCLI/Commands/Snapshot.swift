import ArgumentParser
import EventLog
import Momentlog
import Moments
import SQLiteEventLog

struct Snapshot: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Save snapshots so that domains open without a replay.",
        discussion: Examples.after(
            """
            Snapshots are also saved automatically. They are caches: nothing is lost with \
            them, and a damaged one is skipped. --rebuild recreates them from the \
            events.
            """, of: "snapshot"))

    @Argument(help: "Names or UUIDs; all domains if none is given.", completion: .domains)
    var domains: [DomainReference] = []
    @Flag(help: "Remove existing snapshots first, and replay from the first event.")
    var rebuild = false
    @Flag(help: "Only show which would be saved.") var dryRun = false
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func run() async throws {
        try await store.with(changesStore ? .readWrite : .read) { store in
            let reports = try await store.keepSnapshots(
                of: domains, rebuilding: rebuild, isDryRun: dryRun)
            if !dryRun, reports.contains(where: \.isNew) { Effects.record() }
            guard format.format == .table else {
                return try format.format.print(item: .snapshots(reports, isDryRun: dryRun))
            }
            var table = Table([
                Table.Column(heading: "Domain"),
                Table.Column(heading: "Revision", isNumeric: true),
                Table.Column(heading: "Checkpoints", isNumeric: true),
                Table.Column(heading: "Snapshot"),
            ])
            for report in reports {
                table.add([
                    Table.Cell(report.domain.name), Table.Cell(report.revision),
                    Table.Cell(report.checkpointCount),
                    Table.Cell(report.isNew ? dryRun ? "would be saved" : "saved" : "exists"),
                ])
            }
            try table.print()
        }
    }
}
