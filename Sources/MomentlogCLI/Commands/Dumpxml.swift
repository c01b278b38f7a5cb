import ArgumentParser
import Momentlog

struct Dumpxml: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dumpxml",
        abstract: "Print a checkpoint's XML as libvirt prints it.",
        discussion: Examples.after(
            """
            Passwords and cookies in the domain's definition are left out. On a terminal, \
            control characters and those that change the direction of writing are shown as \
            character references.
            """, of: "dumpxml"))

    @OptionGroup var checkpoint: CheckpointArguments
    @Flag(help: "Leave the domain's definition out.") var noDomain = false
    @Flag(help: "Also print passwords and cookies.") var securityInfo = false
    @Option(
        help: ArgumentHelp("Print it as if it did not cover this disk.", valueName: "disk"))
    var withoutDisk: String?
    @Option(
        help: ArgumentHelp(
            "Write to this new file, which only its owner can read.", valueName: "file"),
        completion: .file())
    var output: String?
    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        if output != nil && format.format != .table {
            throw ValidationError("--output and --format exclude each other")
        }
    }

    func run() async throws {
        try await store.with { store in
            let (domain, _) = try await checkpoint.find(in: store, at: moment)
            let xml = try await store.document(
                of: checkpoint.name, in: domain,
                parts: noDomain ? .withoutDomain : securityInfo ? .everything : .withoutSecrets,
                withoutDisk: withoutDisk)
            if let output {
                try NewFile.create(output, with: xml)
            } else if format.format == .table {
                try StandardOutput.shared.write(
                    Terminal.isOutput
                        ? Array(TerminalXML.text(String(decoding: xml, as: UTF8.self)).utf8) : xml)
            } else {
                try format.format.print(item: .document(xml, of: checkpoint.name, in: domain))
            }
        }
    }
}
