import ArgumentParser
import Momentlog

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Make a verified copy of the store, even while it is in use.",
        discussion: Examples.after(
            """
            The copy is one file, FILE, and its head, FILE.head. It is the store as it was at one \
            moment, and is checked from its first event on before it appears.
            """, of: "backup"))

    @Argument(help: "Where the copy goes; nothing may be there.", completion: .file())
    var file: String
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let report = try await store.backup(to: file)
            guard format.format == .table else {
                return try format.format.print(item: .backup(report))
            }
            try StandardOutput.shared.print(
                "\(report.eventCount) events, \(report.byteCount) bytes, verified:"
                    + " \(Terminal.harmless(report.path))")
        }
    }
}
