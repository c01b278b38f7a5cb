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
                Table.Cell(domain.domain.text),
                Table.Cell(result(domain), domain.needsAttention ? .red : .plain),
                Table.Cell(domain.events.count), Table.Cell(Self.note(domain)),
            ])
        }
        try table.print()
        for domain in domains {
            try printEvents(of: domain)
            try FindingsOutput.print(domain.findings)
        }
        if isDryRun { try StandardOutput.shared.print("Nothing was changed.") }
    }

    private func result(_ domain: PulledDomain) -> String {
        isDryRun && domain.result == .recorded ? "would be recorded" : domain.result.rawValue
    }

    /// The number of a domain's events that are printed.
    private static let shownEventCount = 20

    /// Prints the deletions among a domain's events; of a dry run all events.
    private func printEvents(of domain: PulledDomain) throws(MomentlogError) {
        let events =
            isDryRun ? domain.events : domain.events.filter { $0.kind == .checkpointDeleted }
        for event in events.prefix(Self.shownEventCount) {
            try StandardOutput.shared.print(
                Terminal.harmless("  \(domain.domain): \(EventSentence.text(event))"))
        }
        if events.count > Self.shownEventCount {
            try StandardOutput.shared.print(
                "  and \(events.count - Self.shownEventCount) more events")
        }
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
