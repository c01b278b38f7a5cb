import ArgumentParser
import Momentlog
import SQLiteEventLog

struct Compact: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Reclaim unused space in the store's files.",
        discussion: Examples.after(
            """
            No event is touched, and the head stays the same. SQLite needs as much space again \
            while it works.
            """, of: "compact"))

    @Flag(help: "Only show about how much would be reclaimed.") var dryRun = false
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func run() async throws {
        try await store.with(changesStore ? .readWrite : .read) { store in
            let report = try await dryRun ? store.plannedCompaction() : store.compact()
            if !dryRun { Effects.record() }
            guard format.format == .table else {
                return try format.format.print(item: .compaction(report, isDryRun: dryRun))
            }
            guard !dryRun else {
                return try StandardOutput.shared.print(
                    "\(report.bytesBefore) bytes now, about \(report.bytesAfter) after compaction")
            }
            let rest =
                report.isComplete
                ? "" : "; a process reads the store, and its files shrink with a later change"
            try StandardOutput.shared.print(
                "\(report.bytesBefore) bytes before, \(report.bytesAfter) after\(rest)")
        }
    }
}
