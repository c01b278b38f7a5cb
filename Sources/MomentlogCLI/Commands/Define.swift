import ArgumentParser
import Momentlog

struct Define: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "define",
        abstract: "Record a domain or its new definition.",
        discussion: Examples.after(
            """
            FILE is what 'virsh dumpxml --inactive --security-info DOMAIN' prints; '-' is \
            standard input. A domain whose UUID is known continues, even after it \
            was undefined. The store keeps the definition with its secrets.
            """, of: "define"))

    @Argument(help: "A domain's XML.", completion: .file()) var file: String

    @Flag(help: "Only show what would be recorded.") var dryRun = false
    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func run() async throws {
        let document = try InputArgument.read(
            file,
            hint: "FILE is the domain's XML, or '-' for what 'virsh dumpxml --inactive"
                + " --security-info DOMAIN' prints")
        let source = file == "-" ? "standard input" : "'\(file)'"
        try await RecordedChange(store: store, format: format, isDryRun: dryRun).run { _ in
            var instruction = try Instruction.define(document, by: options.submission)
            instruction.stripsSecrets = secrets.stripSecrets
            return instruction
        } done: { outcome, _ in
            "domain \(outcome.domain) defined from \(source)"
        } already: { outcome in
            "domain \(outcome.domain) has that definition already"
        }
    }
}
