import ArgumentParser
import Momentlog

struct Compact: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Give back the room that is free in the store's files.",
        discussion: """
            No event is touched, and the head stays the same. SQLite needs as much room again \
            while it works.
            """)

    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with(.readWrite) { store in
            let report = try await store.compact()
            guard format.format == .table else {
                return try format.format.printJSON { json in
                    json.member("bytesBefore", report.bytesBefore)
                    json.member("bytesAfter", report.bytesAfter)
                    json.member("complete", report.isComplete)
                }
            }
            let rest =
                report.isComplete
                ? "" : "; a process reads the store, and its files shrink with a later change"
            try StandardOutput.shared.print(
                "\(report.bytesBefore) bytes before, \(report.bytesAfter) after\(rest)")
        }
    }
}
