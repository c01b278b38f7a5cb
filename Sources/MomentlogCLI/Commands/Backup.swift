import ArgumentParser
import Momentlog

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store, whoever uses it meanwhile, and verify the copy.",
        discussion: """
            The copy is one file, FILE, and its head, FILE.head. It is the store as it was at one \
            moment, and is checked from its first event on before it appears.
            """)

    @Argument(help: "Where the copy goes; nothing may be there.", completion: .file())
    var file: String
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let report = try await store.backup(to: file)
            guard format.format == .table else {
                return try format.format.printJSON { json in
                    json.member("file", report.path)
                    json.member("events", report.eventCount)
                    json.member("root", report.root)
                    json.member("bytes", report.byteCount)
                }
            }
            try StandardOutput.shared.print(
                "\(report.eventCount) events, \(report.byteCount) bytes, verified:"
                    + " \(Terminal.harmless(report.path))")
        }
    }
}
