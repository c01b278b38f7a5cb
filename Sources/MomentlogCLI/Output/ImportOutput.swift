import Momentlog

/// Prints what an import did.
struct ImportOutput {
    private let report: ImportReport
    private let isDryRun: Bool

    init(_ report: ImportReport, isDryRun: Bool) {
        self.report = report
        self.isDryRun = isDryRun
    }

    /// Prints the report, down to its last byte.
    func print(_ format: OutputFormat) throws(MomentlogError) {
        if format == .table { try printTable() } else { try printJSON(format) }
        try StandardOutput.shared.flush()
    }

    // MARK: For people

    private func printTable() throws(MomentlogError) {
        guard !report.domains.isEmpty else {
            try FindingsOutput.print(report.findings)
            return try StandardOutput.shared.print("No checkpoints were found.")
        }
        var table = Table([
            Table.Column(heading: "Domain"), Table.Column(heading: "Read", isNumeric: true),
            Table.Column(heading: "New", isNumeric: true),
            Table.Column(heading: "There", isNumeric: true),
            Table.Column(heading: "Replaced", isNumeric: true),
            Table.Column(heading: "Skipped", isNumeric: true), Table.Column(heading: "Current"),
        ])
        for domain in report.domains where domain.refusal == nil {
            table.add([
                Table.Cell(domain.domain), Table.Cell(domain.filesRead),
                Table.Cell(domain.imported.count),
                Table.Cell(domain.alreadyThere.count), Table.Cell(domain.replaced.count),
                Table.Cell(domain.skipped.count), Table.Cell(Self.current(of: domain)),
            ])
        }
        try table.print()
        try printRemarks()
        try StandardOutput.shared.print(summary)
    }

    /// A refusal with the option that helps.
    private static func withHint(_ refusal: MomentlogError) -> MomentlogError {
        guard refusal.code == .noDomain else { return refusal }
        var refusal = refusal
        refusal.hint = "name the domain that they belong to with --domain"
        return refusal
    }

    private static func current(of domain: ImportReport.DomainReport) -> String {
        let name = domain.current ?? "none"
        return switch domain.currentSource {
        case .recorded: name
        case .claimed: name + " (a file says so)"
        case .libvirtChoice: name + " (as libvirt would)"
        case .unsettled: name + " (errors stand)"
        }
    }

    private func printRemarks() throws(MomentlogError) {
        let output = StandardOutput.shared
        let chosen = report.domains.filter { $0.currentSource == .libvirtChoice }
        if !chosen.isEmpty {
            try output.print("")
            let of = chosen.count == 1 ? " of '\(chosen[0].domain)'" : ""
            for line in Terminal.wrapped(
                Terminal.harmless(
                    "No file\(of) says which checkpoint is current. Taken is what libvirt"
                        + " picks at a start: the only leaf below a single root, else none."),
                columns: Terminal.columns)
            {
                try output.print(line)
            }
        }
        if !report.findings.isEmpty { try output.print("") }
        try FindingsOutput.print(report.findings)
        for domain in report.domains {
            if let refusal = domain.refusal {
                try output.print("")
                try output.print(
                    Terminal.styled("refused", .red) + "  "
                        + Terminal.harmless("\(domain.path): \(Self.withHint(refusal))"))
            }
            // The other reasons to skip a file are findings.
            let existing = domain.skipped.filter { skipped in
                !domain.findings.contains { $0.kind.rawValue == skipped.code }
            }
            if !existing.isEmpty || !domain.findings.isEmpty { try output.print("") }
            for skipped in existing {
                try output.print(
                    Terminal.styled("skipped", .red) + "  "
                        + Terminal.styled(skipped.code, .bold) + "  "
                        + Terminal.harmless(domain.domain))
                for line in Terminal.wrapped(
                    Terminal.harmless("\(skipped.path): \(skipped.reason)"),
                    columns: Terminal.columns - 4)
                {
                    try output.print("  " + line)
                }
            }
            try FindingsOutput.print(domain.findings)
        }
        try output.print("")
    }

    private var summary: String {
        let replaced = report.domains.reduce(0) { $0 + $1.replaced.count }
        let imported = report.domains.reduce(replaced) { $0 + $1.imported.count }
        let skipped = report.domains.reduce(0) { $0 + $1.skipped.count }
        let count = "\(imported) checkpoint\(imported == 1 ? "" : "s")"
        let again = replaced == 0 ? "" : " (\(replaced) replaced)"
        let left = skipped == 0 ? "" : "; \(skipped) skipped"
        if report.isRefusedAsStrict {
            return "Nothing was imported: --strict, and there are problems."
        }
        if report.domains.contains(where: \.isRepeated) {
            return "The request was carried out before. Nothing was done now."
        }
        let findings = report.findings + report.domains.flatMap(\.findings)
        let found =
            findings.isEmpty ? "" : " Found: \(FindingsOutput.count(findings))."
        if isDryRun {
            return "Nothing was changed: \(count) would be imported\(again)\(left).\(found)"
        }
        return "\(count) imported\(again)\(left).\(found)"
    }

    // MARK: For programs

    private func printJSON(_ format: OutputFormat) throws(MomentlogError) {
        if format == .jsonl {
            try format.printJSON(report.domains) { Self.write($0, to: &$1) }
            return try format.printJSON(report.findings, FindingsOutput.write)
        }
        try format.printJSON { json in
            json.member("dryRun", isDryRun)
            json.member("refused", report.isRefused)
            json.key("findings")
            json.array { json in
                for finding in report.findings { FindingsOutput.write(finding, to: &json) }
            }
            json.key("domains")
            json.array { json in
                for domain in report.domains { Self.write(domain, to: &json) }
            }
        }
    }

    private static func write(_ domain: ImportReport.DomainReport, to json: inout JSONText) {
        json.object { json in
            json.member("path", domain.path)
            json.member("domain", domain.domain)
            json.member("uuid", domain.uuid?.description)
            json.member("commit", domain.commit)
            json.member("repeated", domain.isRepeated)
            json.member("read", domain.filesRead)
            json.key("imported")
            write(domain.imported, to: &json)
            json.key("alreadyThere")
            write(domain.alreadyThere, to: &json)
            json.key("replaced")
            write(domain.replaced, to: &json)
            json.key("skipped")
            json.array { json in
                for skipped in domain.skipped { write(skipped, to: &json) }
            }
            json.key("findings")
            json.array { json in
                for finding in domain.findings { FindingsOutput.write(finding, to: &json) }
            }
            json.member("current", domain.current)
            json.member("currentSource", domain.currentSource.rawValue)
            json.key("error")
            if let refusal = domain.refusal.map(withHint) {
                json.object { json in
                    json.member("code", refusal.code.rawValue)
                    json.member("message", refusal.message)
                    json.member("hint", refusal.hint)
                }
            } else {
                json.null()
            }
        }
    }

    private static func write(_ names: [String], to json: inout JSONText) {
        json.array { json in
            for name in names { json.value(name) }
        }
    }

    private static func write(_ skipped: ImportReport.Skipped, to json: inout JSONText) {
        json.object { json in
            json.member("path", skipped.path)
            json.member("checkpoint", skipped.checkpoint)
            json.member("code", skipped.code)
            json.member("reason", skipped.reason)
        }
    }
}
