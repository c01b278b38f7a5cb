import ArgumentParser
import Momentlog

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what is different between two points in time.",
        discussion: """
            FROM and TO are sequences, times as in RFC 3339, dates, or 'now'; so long ago is \
            -2h, behind '--'. DOMAIN is the name at TO, or else at FROM. Nothing is printed if \
            nothing is different.
            """)

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: String
    @Argument(help: "The earlier point.", transform: When.argument) var from: When
    @Argument(help: "The later point; by default now.", transform: When.argument) var to: When?
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let difference = try await store.difference(of: domain, from: from, to: to)
            let rows = DifferenceRow.rows(of: difference)
            guard format.format == .table else {
                return try format.format.printJSON(rows) { row, json in json.object(row.write) }
            }
            guard !rows.isEmpty else { return }
            var table = Table(
                ["Change", "Checkpoint", "From", "To"].map { Table.Column(heading: $0) })
            for row in rows {
                table.add([
                    Table.Cell(row.change, row.style), Table.Cell(row.checkpoint ?? ""),
                    Table.Cell(row.from.words), Table.Cell(row.to.words),
                ])
            }
            try table.print()
        }
    }
}
