import ArgumentParser
import EventLog
import Momentlog
import Moments
import SQLiteEventLog

struct Import: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import libraries of checkpoint XML.",
        discussion: Examples.after(
            """
            PATH is libvirt's checkpoint directory with a folder for each domain, one domain's \
            folder, virtnbdbackup's output folder, or files. The domain is the one in the files' \
            <domain>, in vmconfig*.xml beside them, or the folder's name in libvirt's directory; \
            --domain gives it another name. If only the name of PATH itself states it, a warning \
            says so (guessed-domain). What is recorded but not in a folder is reported \
            (missing-from-library).

            The folder of an export also states the current checkpoint, which is restored in a \
            domain without checkpoints, or with --replace. What cannot be imported is skipped and reported; a checkpoint that \
            is recorded already with the same content is left unchanged. Each domain is one \
            commit.

            'momentlog schema import' prints the JSON Schema of what --format json prints.
            """, of: "import"))

    @Argument(help: "Folders or files.", completion: .file()) var path: [String]
    @Option(
        help: ArgumentHelp(
            "The domain that the checkpoints belong to: a name or a UUID.", valueName: "domain"),
        completion: .domains)
    var domain: DomainReference?
    @Flag(help: "Import nothing if anything would be skipped or an error is found.")
    var strict = false
    @Flag(help: "Only report what would be done.") var dryRun = false
    @Flag(help: "Redefine recorded checkpoints that differ.") var replace = false

    @Flag(
        name: .customLong("validate"),
        help: "Skip checkpoints without a valid bitmap in the images that are given.")
    var isValidated = false
    @OptionGroup(title: "Images") var images: ImageOptions

    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !dryRun }

    func validate() throws { try images.validate(with: isValidated) }

    func run() async throws {
        try await store.with(dryRun ? .read : .readWrite, creating: true) { store in
            let progress = Progress("import", "files", format)
            defer { progress.end() }
            let submission = options.submission
            var options = ImportOptions(
                domain: domain, isStrict: strict, isDryRun: dryRun, replaces: replace,
                stripsSecrets: secrets.stripSecrets)
            if isValidated { options.validation = try await look(in: store) }
            let report = try await store.importLibraries(
                at: path, options: options, by: submission
            ) { progress.show($0) }
            progress.end()
            do throws(MomentlogError) {
                try ImportOutput(report, isDryRun: dryRun).print(format.format)
            } catch {
                // What was appended stays, printed or not.
                Notice.error(error)
                throw Finished(status: report.hasCommits ? .incomplete : .refused)
            }
            if report.domains.contains(where: { $0.refusal?.code == .outcomeUnknown }) {
                throw Finished(status: .unknown)
            }
            if report.isRefused {
                if format.format != .table { ErrorReport.report(report.refusal) }
                throw Finished(status: .refused)
            }
            if report.hasProblems { throw Finished(status: .incomplete) }
        }
    }

    /// Returns the inspected images. The definition of a recorded domain states the formats of its
    /// disks, and which of a running guest's images belong to it.
    private func look(in store: CheckpointStore) async throws -> ImageReport {
        var disks: [DomainDisk]?
        let uuid = domain?.uuid
        let isKnown = try await store.domains().contains {
            $0.name == domain?.text || (uuid != nil && $0.uuid == uuid)
        }
        if let domain, isKnown { disks = try await store.disks(of: domain) }
        return try images.inspect(disks).settled("nothing is imported")
    }
}

extension ImportReport {
    /// The error of a refused import.
    fileprivate var refusal: MomentlogError {
        domains.lazy.compactMap(\.refusal).first
            ?? MomentlogError(
                .inconsistent, "nothing was imported: --strict refuses a library with errors",
                hint: "see the findings, or import without --strict")
    }
}
