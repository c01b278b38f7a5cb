import ArgumentParser
import Momentlog

struct Restore: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the store's place.",
        discussion: """
            The backup is verified from its first event on. A store that is there is refused \
            unless --replace is given; it is then kept aside. If its head told of events that \
            the backup does not hold, that they are lost is recorded as an event.
            """)

    @Argument(help: "The file that 'momentlog backup' made.", completion: .file())
    var file: String
    @Flag(help: "Put a store that is there aside.") var replace = false
    @OptionGroup var provenance: ProvenanceOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        let report = try await store.restoration(
            from: file, replacing: replace, by: provenance.provenance
        ).run()
        guard format.format == .table else {
            return try format.format.printJSON { json in
                json.member("store", report.path)
                json.member("events", report.eventCount)
                json.member("lostEventsUpTo", report.lostHead?.size)
                json.member("aside", report.asidePath)
            }
        }
        let output = StandardOutput.shared
        try output.print(
            "\(report.eventCount) events restored to \(Terminal.harmless(report.path))")
        if let lost = report.lostHead {
            try output.print(
                "The head told of \(lost.size) events: that they are not all there is recorded")
        }
        if let aside = report.asidePath {
            try output.print("The store that was there is now \(Terminal.harmless(aside))")
        }
    }
}
