import ArgumentParser
import CheckpointXML
import Momentlog
import Moments

struct Create: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Record a new checkpoint below the current one.",
        discussion: Examples.after(
            """
            FILE describes the checkpoint ('-' is standard input), or the options \
            do; without either it covers every disk that can be written, and its time is its \
            name. The current checkpoint becomes its parent, and it becomes current. A FILE that has a \
            creation time or a parent describes an existing checkpoint: 'momentlog record' \
            records it.
            """, of: "create"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(help: "A checkpoint's XML.", completion: .file()) var file: String?
    @Option(help: "The checkpoint's name.") var name: CheckpointName?
    @Option(help: ArgumentHelp("A description.", valueName: "text"))
    var description: String?
    @Option(
        name: .customLong("disk"),
        help: ArgumentHelp(
            "A disk, by target or source; may be repeated. Disks that are not given are excluded.",
            valueName: "name[,checkpoint=no|bitmap][,bitmap=name]"))
    var disks: [String] = []
    @Flag(help: "Only print the XML.") var printXml = false
    @Flag(help: "Only show what would be recorded.") var dryRun = false

    @OptionGroup var secrets: SecretsOptions
    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    var changesStore: Bool { !printXml && !dryRun }

    func validate() throws {
        if file != nil && (name != nil || description != nil || !disks.isEmpty) {
            throw ValidationError("FILE and --name, --description or --disk exclude each other")
        }
        for disk in disks { _ = try DiskSpec(disk) }
    }

    func run() async throws {
        let request = try request()
        if printXml {
            try request.checkPrintable()
            return try StandardOutput.shared.write(RequestWriter().document(of: request))
        }
        try await RecordedChange(store: store, format: format, isDryRun: dryRun).run { _ in
            var instruction = Instruction.create(request, in: domain, by: options.submission)
            instruction.stripsSecrets = secrets.stripSecrets
            return instruction
        } done: { outcome, _ in
            "\(outcome.subject) created" + (file.map { " from '\($0)'" } ?? "")
        } already: { outcome in
            "\(outcome.subject) was created"
        }
    }

    private func request() throws -> CheckpointRequest {
        if let file {
            let document = try InputArgument.read(
                file, hint: "FILE is a checkpoint's XML; '--name \(file)' names the checkpoint")
            return try request(in: document)
        }
        return CheckpointRequest(
            name: name, description: description, disks: try disks.map { try DiskSpec($0).disk })
    }

    private func request(in document: SourceDocument) throws(MomentlogError) -> CheckpointRequest {
        do {
            return try document.request()
        } catch {
            guard error.code == .notARequest else { throw error }
            var refusal = error
            let words = ["momentlog", "record", domain.text, file ?? "-"].map {
                ShellWord.quoted($0)
            }
            refusal.hint =
                "record a checkpoint that a hypervisor made: \(words.joined(separator: " "))"
            refusal.suggestion = nil
            throw refusal
        }
    }
}
