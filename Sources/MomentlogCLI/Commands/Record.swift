import ArgumentParser
import Momentlog
import Moments

struct Record: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record checkpoints that a hypervisor made.",
        discussion: Examples.after(
            """
            The files are what 'virsh checkpoint-dumpxml DOMAIN NAME --security-info' prints; \
            parents and creation times are those in them. Several files are one commit, in any \
            order: all of them or none. A domain that is not known yet is defined from the newest \
            file that holds its <domain>.

            A checkpoint that is recorded already with the same content is left as it is. If \
            another checkpoint has the name, with another creation time, that one is deleted in \
            the same commit and the exit status is 3: its deletion had not been recorded, and \
            incremental backups that are based on it are broken. The newest becomes current unless \
            the current one is newer and not its ancestor.
            """, of: "record"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(
        help: "Checkpoints' XML; '-' or nothing is standard input.", completion: .file())
    var file: [String] = []

    @Flag(help: "Only show what would be recorded.") var dryRun = false
    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func run() async throws {
        let paths = file.isEmpty ? ["-"] : file
        var documents: [SourceDocument] = []
        for path in paths { documents.append(try InputArgument.read(path)) }
        let source = paths[0] == "-" ? "standard input" : "'\(paths[0])'"
        let count = documents.count
        try await RecordedChange(store: store, format: format, isDryRun: dryRun).run { _ in
            var instruction = try Instruction.record(documents, in: domain, by: options.submission)
            instruction.stripsSecrets = secrets.stripSecrets
            return instruction
        } done: { outcome, _ in
            outcome.checkpoint == nil
                ? "\(count) checkpoints of \(outcome.domain)" : "\(outcome.subject) from \(source)"
        } already: { outcome in
            outcome.checkpoint == nil
                ? "\(count) checkpoints of \(outcome.domain) are recorded already"
                : "\(outcome.subject) is recorded already"
        }
    }
}
