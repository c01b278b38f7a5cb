import ArgumentParser
import Momentlog
import SQLiteEventLog

struct Compact: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Reclaim unused space in the store's files.",
        discussion: Examples.after(
            """
            No event is touched, and the head stays the same. SQLite needs as much room again \
            while it works.
            """, of: "compact"))

    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with(.readWrite) { store in
            let report = try await store.compact()
            guard format.format == .table else {
                return try format.format.print(item: .compaction(report))
            }
            let rest =
                report.isComplete
                ? "" : "; a process reads the store, and its files shrink with a later change"
            try StandardOutput.shared.print(
                "\(report.bytesBefore) bytes before, \(report.bytesAfter) after\(rest)")
        }
    }
}
