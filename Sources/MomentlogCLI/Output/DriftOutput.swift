import Momentlog

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
            return try format.printJSON(drift) { drift, json in
                json.object { json in Self.write(drift, to: &json) }
            }
        }
        if !drift.isEmpty {
            var table = Table(
                ["Domain", "Checkpoint", "Drift", "Recorded", "There"].map {
                    Table.Column(heading: $0)
                })
            for row in drift {
                let what = row.kind.rawValue + Self.suffix(row)
                table.add([
                    Table.Cell(row.domain), Table.Cell(row.checkpoint ?? "-"),
                    Table.Cell(what, .red),
                    Table.Cell(row.current?.recorded ?? Self.time(row.recorded)),
                    Table.Cell(row.current?.observed ?? Self.time(row.observed)),
                ])
            }
            try table.print()
            var shown: Set<String> = []
            for remedy in drift.flatMap(\.remedies) {
                guard shown.insert(RemedyCommand(remedy).line).inserted else { continue }
                try FindingsOutput.printRemedies([remedy])
            }
        }
        for domain in unknown {
            try StandardOutput.shared.print(
                Terminal.harmless(domain.domain) + ": \(domain.result.rawValue)")
        }
        if drift.isEmpty, unknown.isEmpty {
            try StandardOutput.shared.print("No differences.")
        }
    }

    private static func suffix(_ drift: Drift) -> String {
        drift.fields.isEmpty
            ? "" : ": " + drift.fields.map(\.rawValue).joined(separator: ", ")
    }

    private static func time(_ checkpoint: Checkpoint?) -> String {
        checkpoint.map { Timestamp(seconds: $0.creationTime).rfc3339(fractionDigits: 0) } ?? "-"
    }

    private static func write(_ drift: Drift, to json: inout JSONText) {
        json.member("domain", drift.domain)
        json.member("checkpoint", drift.checkpoint)
        json.member("drift", drift.kind.rawValue)
        json.key("differs")
        json.array { json in
            for field in drift.fields { json.value(field.rawValue) }
        }
        write("recorded", drift.recorded, drift.current?.recorded, to: &json)
        write("observed", drift.observed, drift.current?.observed, to: &json)
        RemedyCommand.write(drift.remedies, to: &json)
    }

    /// A checkpoint's metadata, or the name of a current one.
    private static func write(
        _ key: StaticString, _ checkpoint: Checkpoint?, _ current: String?, to json: inout JSONText
    ) {
        guard let checkpoint else { return json.member(key, current) }
        json.key(key)
        json.object { json in
            json.member("creationTime", checkpoint.creationTime)
            json.member("parent", checkpoint.parent)
            json.member("description", checkpoint.description)
        }
    }
}
