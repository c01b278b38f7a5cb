import ArgumentParser
import Momentlog

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for what is wrong: cycles, lost parents, several currents.",
        discussion: "The exit status is 3 if an error was found, 0 if only warnings were.")

    @Argument(help: "Names or UUIDs; all domains if none is given.", completion: .domains)
    var domains: [String] = []
    @OptionGroup var moment: MomentOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let (findings, all) = try await look(in: store)
            if format.format == .table {
                let count = domains.isEmpty ? all : Set(domains).count
                try FindingsOutput.print(findings)
                let of = "\(count) domain\(count == 1 ? "" : "s") checked: "
                try StandardOutput.shared.print(
                    of + (findings.isEmpty ? "nothing found" : FindingsOutput.count(findings)))
            } else {
                try format.format.printJSON(findings, FindingsOutput.write)
            }
            try StandardOutput.shared.flush()
            if findings.contains(where: { $0.severity == .error }) {
                throw Finished(status: .incomplete)
            }
        }
    }

    /// What was found, and how many domains there are.
    private func look(in store: CheckpointStore) async throws -> ([Finding], Int) {
        guard let at = moment.at else {
            return (try await store.findings(of: domains), try await store.domains().count)
        }
        if try await store.position(at: at).sequence == 0 {
            StandardError.write(
                "momentlog: note: at \(at.words) nothing had been recorded yet\n")
        }
        return (
            try await store.findings(of: domains, at: at), try await store.domains(at: at).count
        )
    }
}
