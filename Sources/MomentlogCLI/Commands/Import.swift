import ArgumentParser
import Momentlog

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take over libraries of checkpoint XML.",
        discussion: """
            PATH is libvirt's checkpoint directory with a folder for each domain, one domain's \
            folder, or files. What cannot be taken over is skipped and told; a checkpoint that \
            is there already with the same content is left alone. All of a domain is one \
            commit.

            'momentlog schema --import-report' prints the JSON Schema of what --format json \
            prints; with jsonl each domain's part is a line, and so is each finding outside of \
            them.
            """)

    @Argument(help: "Folders or files.", completion: .file()) var path: [String]
    @Option(
        help: ArgumentHelp("Whose checkpoints they are: a name or a UUID.", valueName: "domain"),
        completion: .domains)
    var domain: String?
    @Flag(help: "Import nothing if anything would be skipped or an error is found.")
    var strict = false
    @Flag(help: "Only report what would be done.") var dryRun = false
    @Flag(help: "Redefine checkpoints that are there already, but differ.") var replace = false

    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with(creating: true) { store in
            let progress = Progress("import")
            let submission = options.submission
            let options = ImportOptions(
                domain: domain, isStrict: strict, isDryRun: dryRun, replaces: replace,
                stripsSecrets: secrets.stripSecrets,
                expectedRevision: submission.expectedRevision)
            let report = try await store.importLibraries(
                at: path, options: options, provenance: submission.provenance
            ) { progress.show($0, "files") }
            progress.end()
            do throws(MomentlogError) {
                try ImportOutput(report, isDryRun: dryRun).print(format.format)
            } catch {
                // What was appended stays, told or not.
                StandardError.write("momentlog: error: \(error)\n")
                throw Finished(status: report.hasCommits ? .incomplete : .refused)
            }
            if report.domains.contains(where: { $0.refusal?.code == .outcomeUnknown }) {
                throw Finished(status: .unknown)
            }
            if report.isRefused { throw Finished(status: .refused) }
            if report.hasProblems { throw Finished(status: .incomplete) }
        }
    }
}
