import ArgumentParser
import Momentlog
import Moments

struct Rename: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Record a domain's new name.",
        discussion: Examples.after(
            "Its checkpoints and its history stay.", of: "rename"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(help: "Its new name.") var name: String
    @Flag(help: "Only show what would be recorded.") var dryRun = false

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func run() async throws {
        try await RecordedChange(store: store, format: format, isDryRun: dryRun).run { _ in
            .rename(domain, to: name, by: options.submission)
        } done: { outcome, _ in
            "domain \(domain) renamed to \(outcome.domain)"
        } already: { outcome in
            "domain \(outcome.domain) has that name already"
        }
    }
}
