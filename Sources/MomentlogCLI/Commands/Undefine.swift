import ArgumentParser
import Momentlog

struct Undefine: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "undefine",
        abstract: "Record that a domain is gone.",
        discussion: "Its history stays, and 'momentlog define' lets it go on.")

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: String
    @Flag(help: "Delete the metadata of the checkpoints that it still has.")
    var checkpointsMetadata = false

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with(.readWrite, creating: true) { store in
            let outcome = try await store.undefine(
                domain, deletingCheckpoints: checkpointsMetadata, by: options.submission)
            let sentence = "Domain '\(outcome.domain)' has been undefined"
            try format.format.print(outcome, done: sentence, already: sentence)
        }
    }
}
