import Momentlog
import Moments

/// Prints the result of an import.
struct ImportOutput {
    private let report: ImportReport
    private let isDryRun: Bool

    init(_ report: ImportReport, isDryRun: Bool) {
        self.report = report
        self.isDryRun = isDryRun
    }

    /// Prints and flushes the report.
    func print(_ format: OutputFormat) throws(MomentlogError) {
        if format == .table {
            try printTable()
        } else {
            try format.print(
                item: .imported(report, isDryRun: isDryRun, rendering: RemedyCommand.rendered))
        }
        try StandardOutput.shared.flush()
    }

    private func printTable() throws(MomentlogError) {
        guard !report.domains.isEmpty else {
            try FindingsOutput.print(report.findings)
            return try StandardOutput.shared.print("No checkpoints were found.")
        }
        guard !GlobalArguments.current.isQuiet else { return try printRemarks() }
        var table = Table([
            Table.Column(heading: "Domain"), Table.Column(heading: "Read", isNumeric: true),
            Table.Column(heading: "New", isNumeric: true),
            Table.Column(heading: "Same", isNumeric: true),
            Table.Column(heading: "Replaced", isNumeric: true),
            Table.Column(heading: "Skipped", isNumeric: true),
            Table.Column(heading: "Current", flow: .wrapped),
        ])
        for domain in report.domains where domain.refusal == nil {
            table.add([
                Table.Cell(domain.domain.text), Table.Cell(domain.filesRead),
                Table.Cell(domain.imported.count),
                Table.Cell(domain.alreadyThere.count), Table.Cell(domain.replaced.count),
                Table.Cell(domain.skipped.count), Table.Cell(Self.current(of: domain)),
            ])
        }
        try table.print()
        try printRemarks()
        try StandardOutput.shared.print(summary)
    }

    /// Returns a refusal with the option that helps.
    private static func withHint(_ refusal: MomentlogError) -> MomentlogError {
        guard refusal.code == .noDomain else { return refusal }
        var refusal = refusal
        refusal.hint = "name the domain that they belong to with --domain"
        return refusal
    }

    private static func current(of domain: ImportReport.DomainReport) -> String {
        let name = domain.current?.text ?? "none"
        return switch domain.currentSource {
        case .recorded: name
        case .claimed: name + " (a file says so)"
        case .libvirtChoice:
            domain.current == nil
                ? "none (libvirt would choose none)" : name + " (as libvirt would)"
        case .unsettled: name + " (unresolved errors)"
        }
    }

    private func printRemarks() throws(MomentlogError) {
        let output = StandardOutput.shared
        let chosen = report.domains.filter { $0.currentSource == .libvirtChoice }
        if !chosen.isEmpty, !GlobalArguments.current.isQuiet {
            try output.print("")
            let of = chosen.count == 1 ? " of '\(chosen[0].domain)'" : ""
            for line in Terminal.wrapped(
                Terminal.harmless(
                    "No file\(of) marks a current checkpoint, so the one that libvirt would choose"
                        + " at its next start was used: the only leaf, if there is a single root."),
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
                        + Terminal.harmless(domain.domain.text))
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
}
