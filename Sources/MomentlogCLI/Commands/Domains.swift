import ArgumentParser
import Momentlog

struct Domains: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domains",
        abstract: "List the domains that are there.")

    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            var rows: [(domain: Domain, findings: [Finding.Kind])] = []
            for entry in try await store.domains() {
                let domain = try await store.domain(entry)
                rows.append((domain, FaultMarks(domain).all))
            }
            guard format.format == .table else {
                return try format.format.printJSON(rows) { row, json in
                    Self.write(row.domain, row.findings, to: &json)
                }
            }
            var table = Table([
                Table.Column(heading: "Domain"),
                Table.Column(heading: "Checkpoints", isNumeric: true),
                Table.Column(heading: "Current"), Table.Column(heading: "UUID"),
                Table.Column(heading: "Findings"),
            ])
            for (domain, findings) in rows {
                table.add([
                    Table.Cell(domain.name), Table.Cell(domain.graph.count),
                    Table.Cell(domain.graph.current ?? "-"),
                    Table.Cell(domain.uuid?.description ?? "unknown"), Self.cell(findings),
                ])
            }
            try table.print()
        }
    }

    private static func cell(_ findings: [Finding.Kind]) -> Table.Cell {
        guard let gravest = findings.first else { return "-" }
        return Table.Cell(
            findings.map(\.rawValue).joined(separator: ", "),
            gravest.severity == .error ? .red : .yellow)
    }

    private static func write(
        _ domain: Domain, _ findings: [Finding.Kind], to json: inout JSONText
    ) {
        json.object { json in
            json.member("name", domain.name)
            json.member("uuid", domain.uuid?.description)
            json.member("checkpoints", domain.graph.count)
            json.member("current", domain.graph.current)
            json.member("definition", domain.definition?.hexadecimal)
            json.member("revision", domain.revision)
            FaultMarks.write(findings, to: &json)
        }
    }
}
