import Momentlog
import Moments

/// Prints the differences between the record and another side.
struct DriftOutput {
    private let drift: [Drift]
    private let unknown: [PulledDomain]

    init(_ drift: [Drift], _ unknown: [PulledDomain]) {
        self.drift = drift
        self.unknown = unknown
    }

    func print(_ format: OutputFormat) throws(MomentlogError) {
        guard format == .table else {
            for domain in unknown {
                Notice.warning(
                    domain.result.rawValue,
                    "domain '\(domain.domain)' was not compared: \(Self.reason(domain))")
            }
            return try format.print(
                items: drift.lazy.map { JSONItem.drift($0, rendering: RemedyCommand.rendered) })
        }
        if !drift.isEmpty {
            var table = Table(
                ["Domain", "Checkpoint", "Drift", "Recorded", "There"].map {
                    Table.Column(heading: $0)
                })
            for row in drift {
                let what = row.kind.rawValue + Self.suffix(row)
                table.add([
                    Table.Cell(row.domain.text), Table.Cell(row.checkpoint ?? "-"),
                    Table.Cell(what, .red),
                    Table.Cell(row.current?.recorded?.text ?? Self.time(row.recorded)),
                    Table.Cell(row.current?.observed?.text ?? Self.time(row.observed)),
                ])
            }
            try table.print()
            var shown: Set<[String]> = []
            for row in drift {
                let lines = row.remedies.map { RemedyCommand($0).line }
                guard shown.insert(lines).inserted else { continue }
                try FindingsOutput.printRemedies(row.remedies)
            }
        }
        for domain in unknown {
            try StandardOutput.shared.print(
                Terminal.harmless(domain.domain.text) + ": \(domain.result.rawValue)"
                    + (domain.reason.map { " (\(Terminal.harmless($0)))" } ?? ""))
            try FindingsOutput.print(domain.findings)
        }
        if drift.isEmpty, unknown.isEmpty {
            try StandardOutput.shared.print("No differences.")
        }
    }

    private static func reason(_ domain: PulledDomain) -> String {
        switch domain.result {
        case .notListed: "it is not listed there"
        case .conflict: domain.findings.first?.message ?? "a document cannot be read"
        default: "it is busy" + (domain.reason.map { ": \($0)" } ?? "")
        }
    }

    private static func suffix(_ drift: Drift) -> String {
        drift.fields.isEmpty
            ? "" : ": " + drift.fields.map(\.rawValue).joined(separator: ", ")
    }

    private static func time(_ checkpoint: Checkpoint?) -> String {
        checkpoint.map { Timestamp($0.creationTime).rfc3339(fractionDigits: 0) } ?? "-"
    }
}
