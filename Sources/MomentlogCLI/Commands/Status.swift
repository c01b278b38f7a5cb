import ArgumentParser
import Momentlog
import Moments

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the status of the domains, one line each.",
        discussion: Examples.after(
            """
            A disk needs a full backup if every checkpoint that covers it was inspected \
            ('momentlog reconcile --record'), and no bitmap was valid. A disk that was not inspected is \
            not known to be bad.

            --format prometheus is for a file that the textfile collector of node_exporter reads.

            Lost are recorded checkpoints that libvirt did not have when the domain was pulled or \
            pushed last. Nothing proves what an observation showed.

            The exit status is 3 if an error was found, checkpoints were lost, or a disk needs a \
            full backup.
            """, of: "status"))

    @Argument(help: "Names or UUIDs; all domains if none is given.", completion: .domains)
    var domains: [DomainReference] = []
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let statuses = try await store.status(of: domains)
            if format.format == .prometheus {
                try PrometheusText(statuses).forEachLine(StandardOutput.shared.print)
            } else {
                try StatusOutput.print(statuses, format.format)
            }
            try StandardOutput.shared.flush()
            if statuses.contains(where: \.needsAttention) { throw Finished(status: .incomplete) }
        }
    }
}
