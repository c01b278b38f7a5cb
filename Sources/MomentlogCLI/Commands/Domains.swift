import ArgumentParser
import Momentlog
import Moments

struct Domains: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domains",
        abstract: "List the domains.",
        discussion: Examples.after("", of: "domains"))

    @Flag(help: "Also list undefined domains.") var all = false
    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            try await moment.noteCommit(in: store)
            let domains = try await store.domains(at: moment.at, includingUndefined: all)
            let rows = domains.map { ($0, DomainFindings($0)) }
            guard format.format == .table else {
                return try format.format.print(
                    items: rows.lazy.map { JSONItem.domain($0, findings: $1) })
            }
            try table(rows).print()
        }
    }

    private func table(_ rows: [(Domain, DomainFindings)]) -> Table {
        var table = Table([
            Table.Column(heading: "Domain"), Table.Column(heading: "Checkpoints", isNumeric: true),
            Table.Column(heading: "Current"), Table.Column(heading: "UUID", flow: .clipped),
            Table.Column(heading: "Findings", flow: .wrapped),
        ])
        for (domain, findings) in rows {
            table.add([
                Table.Cell(domain.name + (domain.isLive ? "" : " (undefined)")),
                Table.Cell(domain.graph.count), Table.Cell(domain.graph.current ?? "-"),
                Table.Cell(domain.uuid?.description ?? "unknown"), Self.cell(findings.all),
            ])
        }
        return table
    }

    private static func cell(_ findings: [Finding.Kind]) -> Table.Cell {
        guard let gravest = findings.first else { return "-" }
        return Table.Cell(
            findings.map(\.rawValue).joined(separator: ", "),
            gravest.severity == .error ? .red : .yellow)
    }
}
