import ArgumentParser
import Momentlog

struct Record: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record checkpoints that a hypervisor made.",
        discussion: """
            The files are what 'virsh checkpoint-dumpxml DOMAIN NAME --security-info' prints; \
            parents and creation times are those in them. Several files are one commit, in any \
            order: all of them or none. A domain that is not known yet is defined from the newest \
            file that holds its <domain>.

            A checkpoint that is recorded already with the same content is left as it is. If \
            another checkpoint has the name, with another creation time, that one is deleted in \
            the same commit and the exit status is 3: its deletion had not been recorded, and \
            incremental backups that are based on it are broken. The newest becomes current unless \
            the current one is newer and not its ancestor.
            """)

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: String
    @Argument(
        help: "Checkpoints' XML; '-' or nothing is standard input.", completion: .file())
    var file: [String] = []

    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        let paths = file.isEmpty ? ["-"] : file
        var documents: [SourceDocument] = []
        for path in paths { documents.append(try InputArgument.read(path)) }
        try await store.with(.readWrite, creating: true) { store in
            var instruction = try Instruction.record(
                documents, in: domain, by: options.submission)
            instruction.stripsSecrets = secrets.stripSecrets
            let outcome = try await store.perform(instruction)
            let source = paths[0] == "-" ? "standard input" : "'\(paths[0])'"
            try format.format.print(
                outcome,
                done: outcome.checkpoint.map {
                    "Domain checkpoint \($0) recorded from \(source)"
                } ?? "\(documents.count) domain checkpoints recorded",
                already: outcome.checkpoint.map {
                    "Domain checkpoint \($0) is recorded already"
                } ?? "\(documents.count) domain checkpoints are recorded already")
            guard !outcome.findings.isEmpty else { return }
            if format.format == .table { try FindingsOutput.print(outcome.findings) }
            try StandardOutput.shared.flush()
            throw Finished(status: .incomplete)
        }
    }
}
