import ArgumentParser
import Momentlog

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the domains are, a line for each.",
        discussion: Examples.after(
            """
            A disk needs a full backup if every checkpoint that covers it was inspected \
            ('momentlog reconcile --record'), and no bitmap was valid. What nobody has inspected is \
            not known to be bad.

            The format prometheus is for a file that the textfile collector of node_exporter \
            reads.

            The exit status is 3 if an error was found or a disk needs a full backup.
            """, of: "status"))

    /// How a status is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table, json, jsonl, prometheus

        /// As other commands have it; nil for what they do not have.
        var common: OutputFormat? {
            switch self {
            case .table: .table
            case .json: .json
            case .jsonl: .jsonl
            case .prometheus: nil
            }
        }
    }

    @Argument(help: "Names or UUIDs; all domains if none is given.", completion: .domains)
    var domains: [String] = []
    @Option(
        help: "How to print: table (for people), json, jsonl (a JSON value a line), or prometheus.")
    var format = Format.table
    @OptionGroup(title: "Global options") var look: LookOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let statuses = try await store.status(of: domains)
            if let common = format.common {
                try StatusOutput.print(statuses, common)
            } else {
                try PrometheusText(statuses).forEachLine(StandardOutput.shared.print)
            }
            try StandardOutput.shared.flush()
            if statuses.contains(where: \.needsAttention) { throw Finished(status: .incomplete) }
        }
    }
}
