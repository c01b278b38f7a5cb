import ArgumentParser
import Momentlog
import Moments

struct Redefine: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "redefine",
        abstract: "Record checkpoints' metadata from their XML.",
        discussion: Examples.after(
            """
            Checkpoints of the same names are replaced, their children stay. Several files are \
            one commit, in any order: all of them or none.

            With --without-disk give a checkpoint's name instead of a file: it is redefined \
            as recorded, except that it no longer covers the disk.
            """, of: "redefine"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(
        help: "Checkpoints' XML; '-' is standard input. With --without-disk, a checkpoint's name.",
        completion: .file())
    var file: [String]

    @Option(
        help: ArgumentHelp("A disk that the checkpoint no longer covers.", valueName: "disk"))
    var withoutDisk: String?

    @Flag(
        name: .customLong("validate"),
        help: "Refuse checkpoints without a valid bitmap in the images that are given.")
    var isValidated = false
    @Flag(help: "Only show what would be recorded.") var dryRun = false
    @OptionGroup(title: "Images") var images: ImageOptions
    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        try images.validate(with: isValidated)
        if withoutDisk != nil && (file.count != 1 || isValidated || secrets.stripSecrets) {
            throw ValidationError(
                "--without-disk takes one checkpoint's name, and goes with neither --validate nor"
                    + " --strip-secrets")
        }
    }

    var changesStore: Bool { !dryRun }

    private var change: RecordedChange {
        RecordedChange(store: store, format: format, isDryRun: dryRun)
    }

    func run() async throws {
        if let withoutDisk { return try await redefine(without: withoutDisk) }
        var documents: [SourceDocument] = []
        for path in file { documents.append(try InputArgument.read(path)) }
        let source = file[0] == "-" ? "standard input" : "'\(file[0])'"
        let sentence = { (outcome: CommandOutcome) in
            outcome.checkpoint == nil
                ? "\(documents.count) checkpoints of \(outcome.domain) redefined"
                : "\(outcome.subject) redefined from \(source)"
        }
        try await change.run { store in
            var instruction = try Instruction.redefine(
                documents, in: domain, by: options.submission)
            if isValidated {
                instruction.validation =
                    try images.inspect(try await store.disks(of: domain))
                    .settled("nothing is redefined")
            }
            instruction.stripsSecrets = secrets.stripSecrets
            return instruction
        } done: { outcome, _ in
            sentence(outcome)
        } already: {
            sentence($0)
        }
    }

    private func redefine(without disk: String) async throws {
        let name = CheckpointName(file[0])
        try await change.run { store in
            try await store.redefinition(
                of: name, withoutDisk: disk, in: domain, by: options.submission)
        } done: { outcome, _ in
            "\(outcome.subject) redefined without disk '\(disk)'"
        } already: { outcome in
            "\(outcome.subject) does not cover disk '\(disk)'"
        }
    }
}
