import ArgumentParser
import Momentlog

struct Redefine: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "redefine",
        abstract: "Record checkpoints' metadata as files give it.",
        discussion: """
            Checkpoints of the same names are replaced, their children stay. Several files are \
            one commit, in any order: all of them or none.

            With --without-disk a checkpoint's name stands in place of a file: it is redefined \
            as it is recorded, but for the disk, which it no longer covers.
            """)

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: String
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
    @OptionGroup(title: "Images") var images: ImageOptions
    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func validate() throws {
        try images.validate(with: isValidated)
        if withoutDisk != nil && (file.count != 1 || isValidated || secrets.stripSecrets) {
            throw ValidationError(
                "--without-disk takes one checkpoint's name, and goes with neither --validate nor"
                    + " --strip-secrets")
        }
    }

    func run() async throws {
        if let withoutDisk { return try await redefine(without: withoutDisk) }
        var documents: [SourceDocument] = []
        for path in file { documents.append(try InputArgument.read(path)) }
        try await store.with(.readWrite, creating: true) { store in
            var instruction = try Instruction.redefine(
                documents, in: domain, by: options.submission)
            if isValidated {
                instruction.validation =
                    try images.inspect(try await store.disks(of: domain))
                    .settled("nothing is redefined")
            }
            instruction.stripsSecrets = secrets.stripSecrets
            let outcome = try await store.perform(instruction)
            let sentence =
                outcome.checkpoint.map { "Domain checkpoint \($0) redefined from '\(file[0])'" }
                ?? "\(file.count) domain checkpoints redefined"
            try format.format.print(outcome, done: sentence, already: sentence)
        }
    }

    private func redefine(without disk: String) async throws {
        try await store.with(.readWrite) { store in
            let outcome = try await store.redefine(
                file[0], withoutDisk: disk, in: domain, by: options.submission)
            let sentence = "Domain checkpoint \(file[0]) redefined without disk '\(disk)'"
            try format.format.print(outcome, done: sentence, already: sentence)
        }
    }
}
