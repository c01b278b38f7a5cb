import ArgumentParser
import Momentlog
import Moments

struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare the record with a libvirt, or with a folder of checkpoints.",
        discussion: Examples.after(
            """
            PATH is anything that 'import' reads: libvirt's checkpoint directory, one domain's folder \
            in it, a backup tool's folder, an export. In libvirt's directory a folder is that of the \
            guest with its name. With --all, what is there of guests that are not recorded is unknown, \
            too. Nothing is changed.

            lost: recorded, but missing there. unknown: there, but not recorded. replaced: another \
            checkpoint has the name there, as its creation time shows. differs: the metadata \
            differs. current: another checkpoint is current there.

            The exit status is 3 if anything differs, or if a domain that was named is not listed.
            """, of: "compare"))

    @Argument(help: "Names or UUIDs.", completion: .domains) var domain: [DomainReference] = []
    @Flag(help: "Compare all domains.") var all = false
    @Option(
        help: ArgumentHelp("The folder or file to compare with.", valueName: "path"),
        completion: .file())
    var with: String?
    @Option(help: ArgumentHelp("The libvirt to compare with.", valueName: "uri")) var uri: String?

    @OptionGroup(title: "Connection") var libvirt: LibvirtOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        guard domain.isEmpty == all else {
            throw ValidationError("name domains, or give --all")
        }
        guard (with == nil) != (uri == nil) else {
            throw ValidationError(
                with == nil
                    ? "say what to compare with: --with PATH or --uri URI"
                    : "--with and --uri exclude each other")
        }
    }

    func run() async throws {
        try await store.with { store in
            var drift: [Drift] = []
            var unknown: [PulledDomain] = []
            if let with {
                drift = try await store.compare(domain, with: with)
            } else if let uri {
                (drift, unknown) = try await libvirt.with(uri) { session in
                    try await store.compare(domain, at: session)
                }
            }
            try DriftOutput(drift, unknown).print(format.format)
            try StandardOutput.shared.flush()
            if !drift.isEmpty || unknown.contains(where: \.needsAttention) {
                throw Finished(status: .incomplete)
            }
        }
    }
}
