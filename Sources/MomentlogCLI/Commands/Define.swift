import ArgumentParser
import Momentlog

struct Define: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "define",
        abstract: "Record a domain, or its new definition.",
        discussion: """
            FILE is what 'virsh dumpxml --inactive --security-info DOMAIN' prints; '-' is \
            standard input. A domain whose UUID is known goes on where it was, also after it \
            was undefined. The store keeps the definition with the secrets that it holds.
            """)

    @Argument(help: "A domain's XML.", completion: .file()) var file: String

    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        let document = try InputArgument.read(file)
        try await store.with(.readWrite, creating: true) { store in
            var instruction = try Instruction.define(document, by: options.submission)
            instruction.stripsSecrets = secrets.stripSecrets
            let outcome = try await store.perform(instruction)
            try format.format.print(
                outcome, done: "Domain '\(outcome.domain)' defined from '\(file)'",
                already: "Domain '\(outcome.domain)' is defined so already")
        }
    }
}
