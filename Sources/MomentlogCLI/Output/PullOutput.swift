import Momentlog
import Moments

/// Prints the conclusions of a pull.
struct PullOutput {
    private let domains: [PulledDomain]
    private let isDryRun: Bool

    init(_ domains: [PulledDomain], isDryRun: Bool) {
        self.domains = domains
        self.isDryRun = isDryRun
    }

    func print(_ format: OutputFormat) throws(MomentlogError) {
        guard format == .table else {
            return try format.print(
                items: domains.lazy.map { JSONItem.pulled($0, rendering: RemedyCommand.rendered) })
        }
        var table = Table([
            Table.Column(heading: "Domain"), Table.Column(heading: "Result"),
            Table.Column(heading: "Events", isNumeric: true), Table.Column(heading: "Note"),
        ])
        for domain in domains {
            table.add([
                Table.Cell(domain.domain),
                Table.Cell(domain.result.rawValue, domain.needsAttention ? .red : .plain),
                Table.Cell(domain.events.count), Table.Cell(Self.note(domain)),
            ])
        }
        try table.print()
        for domain in domains { try FindingsOutput.print(domain.findings) }
        if isDryRun { try StandardOutput.shared.print("Nothing was changed.") }
    }

    private static func note(_ domain: PulledDomain) -> String {
        switch domain.result {
        case .notListed: "not listed: off, elsewhere, or hidden from this connection"
        case .busy: domain.reason ?? ""
        case .recorded where !domain.isCurrentKnown: "current not known"
        case .recorded, .unchanged, .lost, .conflict: ""
        }
    }
}
