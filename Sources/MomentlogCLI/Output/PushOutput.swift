import Momentlog
import Moments

/// Prints the result of a push.
struct PushOutput {
    private let reports: [PushReport]
    private let isDryRun: Bool

    init(_ reports: [PushReport], isDryRun: Bool) {
        self.reports = reports
        self.isDryRun = isDryRun
    }

    func print(_ format: OutputFormat) throws(MomentlogError) {
        guard format == .table else {
            return try format.print(
                items: reports.lazy.flatMap(\.checkpoints).map(JSONItem.pushed))
        }
        var table = Table(
            ["Domain", "Checkpoint", "Result", "Disk", "Note"].map { Table.Column(heading: $0) })
        for checkpoint in reports.flatMap(\.checkpoints) {
            let isGood = checkpoint.result == .pushed || checkpoint.result == .unchanged
            let isPlanned = isDryRun && checkpoint.result == .notTried
            table.add([
                Table.Cell(checkpoint.domain.text), Table.Cell(checkpoint.checkpoint),
                Table.Cell(
                    isPlanned ? "would be pushed" : checkpoint.result.rawValue,
                    isGood || isPlanned ? .plain : .red),
                Table.Cell(checkpoint.disk ?? ""), Table.Cell(checkpoint.message ?? ""),
            ])
        }
        try table.print()
        for report in reports { try printNotes(report) }
        if isDryRun { try StandardOutput.shared.print("Nothing was changed.") }
    }

    private func printNotes(_ report: PushReport) throws(MomentlogError) {
        let name = Terminal.harmless(report.domain.text)
        if let busy = report.busy {
            try StandardOutput.shared.print("\(name): busy: " + Terminal.harmless(busy))
        }
        guard !report.isConflict else { return }
        let isPushed = report.checkpoints.contains { $0.result == .pushed }
        if isPushed, !report.isComplete {
            try StandardOutput.shared.print(
                "\(name): not complete: push again to give back the rest")
        }
        if isPushed, !report.isValidated {
            try StandardOutput.shared.print(
                "\(name): not validated: libvirt did not check that the bitmaps exist")
        }
        if isPushed || isDryRun, !report.keepsCurrent {
            try StandardOutput.shared.print(
                "\(name): libvirt's current checkpoint may not be the recorded one"
                    + " (--exact-current)")
        }
    }
}
