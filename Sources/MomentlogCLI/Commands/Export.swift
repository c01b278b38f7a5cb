import ArgumentParser
import EventLog
import Momentlog
import Moments

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write checkpoints as the files that libvirt keeps.",
        discussion: Examples.after(
            """
            Each domain's folder appears whole or not at all. It also contains ORDER: the names in \
            the order in which redefining them gives libvirt the same graph, and the current \
            checkpoint on the last line, which 'momentlog import' restores. The files contain the \
            definitions' secrets, as libvirt's do, and only their owner can read them.

            A folder that is not empty is refused. With --replace a former export is moved to \
            DIR.replaced-YYYYMMDDTHHMMSSZ, if the folder contains nothing else; it is not deleted.
            """, of: "export"))

    @Argument(help: "Names or UUIDs.", completion: .domains) var domains: [DomainReference] = []
    @Flag(help: "Export all domains.") var all = false
    @Option(
        help: ArgumentHelp("The folder to put the domains' folders into.", valueName: "dir"),
        completion: .directory)
    var output: String?
    @Flag(help: "Leave the domain's definition out of the files.") var noDomain = false
    @Flag(help: "Put the files of one domain into the output folder itself.") var flat = false
    @Flag(help: "Replace former exports, which are moved next to the output folder.")
    var replace = false
    @Flag(
        help: """
            Also write SHA256SUMS into each folder, by which 'sha256sum --check' and an import \
            find a file that was altered.
            """)
    var sums = false
    @Flag(
        help: """
            Print a shell script of virsh commands that redefine the checkpoints from the \
            files, instead of the report. Without --output nothing is written, and the script \
            holds the checkpoints itself, without the secrets in their definitions.
            """)
    var script = false
    @Flag(help: "Only show what would be written.") var dryRun = false
    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        if all != domains.isEmpty {
            throw ValidationError(
                all ? "--all and names of domains exclude each other" : "name a domain, or --all")
        }
        guard output != nil || script else {
            throw ValidationError(
                "say where to write the files: --output DIR; --script does without")
        }
        let options = [("--flat", flat), ("--replace", replace), ("--sums", sums)]
        if output == nil, let option = options.first(where: \.1)?.0 {
            throw ValidationError("\(option) goes with --output")
        }
        if flat && all { throw ValidationError("--flat is for one domain, and --all for any") }
        if flat && domains.count > 1 {
            throw ValidationError("--flat is for one domain, and \(domains.count) are named")
        }
        if script && dryRun { throw ValidationError("--script and --dry-run exclude each other") }
        if script && format.format != .table {
            throw ValidationError("--script and --format exclude each other")
        }
    }

    func run() async throws {
        do {
            try await export()
        } catch let error as MomentlogError {
            // What was published stays.
            let folders = error.details.first { $0.name == "published" }
            guard case .texts(let published)? = folders?.value else { throw error }
            Notice.error(error, "done: \(published.joined(separator: ", "))")
            throw Finished(status: .incomplete)
        }
    }

    private func export() async throws {
        try await store.with { store in
            try await moment.noteCommit(in: store)
            guard let output else { return try await printScript(store) }
            let progress = Progress("export", "checkpoints", format)
            defer { progress.end() }
            let reports = try await store.export(
                try await names(in: store), at: moment.at, to: output,
                options: ExportOptions(
                    includesDomain: !noDomain, isFlat: flat, replaces: replace,
                    writesChecksums: sums, isDryRun: dryRun)
            ) { progress.show($0) }
            progress.end()
            if !dryRun { Effects.record() }
            if script {
                let script = try RedefinitionScript(StandardOutput.shared.print)
                for report in reports { try script.add(report) }
                try finish(reports.map { ($0.domain.text, $0.refusedByLibvirt) })
            } else if format.format == .table {
                for report in reports { try printLine(report) }
            } else {
                try format.format.print(item: .exported(reports, to: output, isDryRun: dryRun))
            }
        }
    }

    /// Prints a script that needs no files.
    private func printScript(_ store: CheckpointStore) async throws {
        var domains: [Domain] = []
        for name in try await names(in: store) {
            let domain = try await store.domain(name, at: moment.at)
            guard domain.revision > 0 else { throw MomentlogError.nothingRecorded(of: name) }
            domains.append(domain)
        }
        let script = try RedefinitionScript(StandardOutput.shared.print)
        for domain in domains {
            try await script.add(
                domain, parts: noDomain ? .withoutDomain : .withoutSecrets, from: store)
        }
        try finish(domains.map { ($0.name, $0.graph.refusedByLibvirt) })
    }

    /// Ends a script that restores only a part.
    private func finish(_ refused: [(domain: String, names: [CheckpointName])]) throws {
        guard refused.contains(where: { !$0.names.isEmpty }) else { return }
        try StandardOutput.shared.flush()
        for (domain, names) in refused {
            guard let first = names.first else { continue }
            Notice.warning(
                "inconsistent",
                names.count == 1
                    ? "checkpoint '\(first)' of \(domain) is not in the script, because libvirt"
                        + " refuses it"
                    : "\(names.count) checkpoints of \(domain) are not in the script, because"
                        + " libvirt refuses them, the first being '\(first)'")
        }
        throw Finished(status: .incomplete)
    }

    /// Returns the domains to export.
    private func names(in store: CheckpointStore) async throws(MomentlogError) -> [DomainReference]
    {
        guard all else { return domains }
        var entries = try await store.domains()
        if let when = moment.at { entries = try await store.domains(at: when) }
        guard !entries.isEmpty else { throw MomentlogError(.noDomain, "the store has no domains") }
        return entries.map(\.reference)
    }

    private func printLine(_ report: ExportReport) throws(MomentlogError) {
        let count = "\(report.checkpoints) checkpoint\(report.checkpoints == 1 ? "" : "s")"
        let written = dryRun ? "would be written" : "written"
        var text = "\(report.domain): \(count) \(written) to \(report.folder)"
        if !report.keepsCurrent {
            text +=
                report.current.map {
                    "; its current checkpoint, '\($0)', has children: redefined in this order,"
                        + " libvirt's will be another"
                } ?? "; no checkpoint is current, but after redefining them in this order, one"
                + " of libvirt's will be"
        }
        if let first = report.refusedByLibvirt.first {
            text +=
                "; libvirt will refuse to redefine \(report.refusedByLibvirt.count) of them,"
                + " the first being '\(first)': see 'momentlog check'"
        }
        if let replaced = report.replaced { text += "; the former export is now in \(replaced)" }
        for line in Terminal.wrapped(Terminal.harmless(text), columns: Terminal.columns) {
            try StandardOutput.shared.print(line)
        }
    }
}
