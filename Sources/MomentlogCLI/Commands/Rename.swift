import ArgumentParser
import Momentlog

struct Rename: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Record that a domain has another name.",
        discussion: "Its checkpoints and its history stay.")

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: String
    @Argument(help: "Its new name.") var name: String

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with(.readWrite, creating: true) { store in
            let outcome = try await store.rename(domain, to: name, by: options.submission)
            try format.format.print(
                outcome, done: "Domain '\(domain)' renamed to '\(outcome.domain)'",
                already: "Domain '\(outcome.domain)' has that name already")
        }
    }
}
