import Momentlog
import Moments

/// Prints the verdicts on a domain's bitmaps.
struct ReconciliationOutput {
    private let reconciled: ReconciledDomain
    private let reconciliation: Reconciliation
    private let showsDestructive: Bool

    init(_ reconciled: ReconciledDomain, showsDestructive: Bool) {
        self.reconciled = reconciled
        self.showsDestructive = showsDestructive
        reconciliation = reconciled.reconciliation
    }

    /// The verdicts for programs.
    static func items(of reconciled: ReconciledDomain) -> [JSONItem] {
        reconciled.reconciliation.judgements.map {
            JSONItem.judgement($0, of: reconciled, rendering: RemedyCommand.rendered)
        }
    }

    func print() throws(MomentlogError) {
        try printTable()
        try printOutlooks()
        try printRemedies()
    }

    private func printTable() throws(MomentlogError) {
        var table = Table([
            Table.Column(heading: "Checkpoint"), Table.Column(heading: "Disk"),
            Table.Column(heading: "Bitmap"), Table.Column(heading: "Verdict"),
            Table.Column(heading: "Why", flow: .wrapped),
        ])
        for judgement in reconciliation.judgements {
            table.add([
                Table.Cell(judgement.checkpoint ?? "-"), Table.Cell(judgement.disk),
                Table.Cell(judgement.bitmap),
                Table.Cell(judgement.verdict.rawValue, EventSentence.style(judgement.verdict)),
                Table.Cell(LocalTime.localized(reconciled.message(of: judgement))),
            ])
        }
        try table.print()
    }

    /// Prints what each disk's next backup can be based on.
    private func printOutlooks() throws(MomentlogError) {
        for outlook in reconciliation.outlooks {
            let text =
                if !outlook.wasSeen {
                    "not inspected"
                } else if !outlook.bases.isEmpty {
                    "incremental backups can be made since \(names(outlook.bases))"
                } else if outlook.isUncertain {
                    "not known whether incremental backups can be made"
                } else {
                    "needs a full backup"
                }
            let style: Terminal.Style = outlook.needsFullBackup ? .red : .plain
            try StandardOutput.shared.print(
                Terminal.harmless("disk \(outlook.disk): ")
                    + Terminal.styled(
                        Terminal.harmless(text), style))
        }
    }

    /// Returns the last of many names.
    private func names(_ names: [CheckpointName]) -> String {
        let most = 8
        guard names.count > most else { return names.map(\.text).joined(separator: ", ") }
        return "\(names.count) checkpoints, the last of them "
            + names.suffix(most).map(\.text).joined(separator: ", ")
    }

    /// Prints each remedy once, even if several judgements share it.
    private func printRemedies() throws(MomentlogError) {
        var printed: Set<[Remedy]> = []
        var destructiveCures: [([Remedy], Reconciliation.Judgement)] = []
        for judgement in reconciliation.judgements {
            let remedies = reconciled.remedies(for: judgement)
            let harmless = remedies.filter { !$0.isDestructive }
            let destructive = remedies.filter(\.isDestructive)
            if !harmless.isEmpty, printed.insert(harmless).inserted {
                try StandardOutput.shared.print(heading(judgement))
                try FindingsOutput.printRemedies(harmless)
            }
            if !destructive.isEmpty, printed.insert(destructive).inserted {
                destructiveCures.append((destructive, judgement))
            }
        }
        guard !showsDestructive else {
            for (cure, judgement) in destructiveCures {
                try printDestructive(cure, of: judgement)
            }
            return
        }
        let hidden = destructiveCures.count
        if hidden > 0 {
            try StandardOutput.shared.print(
                "\(hidden) destructive remed\(hidden == 1 ? "y" : "ies") not shown;"
                    + " --show-destructive prints \(hidden == 1 ? "it" : "them")")
        }
    }

    private func heading(_ judgement: Reconciliation.Judgement) -> String {
        Terminal.harmless(
            "bitmap '\(judgement.bitmap)' on disk '\(judgement.disk)',"
                + " \(judgement.verdict.rawValue):")
    }

    /// Prints the steps of a remedy as lines that can be run one after the other, below their
    /// precondition.
    private func printDestructive(
        _ remedies: [Remedy], of judgement: Reconciliation.Judgement
    ) throws(MomentlogError) {
        try StandardOutput.shared.print(heading(judgement))
        let condition = remedies[0].precondition.map { ", only if \($0)" } ?? ""
        try StandardOutput.shared.print(Terminal.harmless("  # destructive\(condition):"))
        let lines = remedies.map { RemedyCommand($0).line }
        guard lines.allSatisfy({ Terminal.harmless($0) == $0 }) else {
            try StandardOutput.shared.print(
                "  # a name has characters that no terminal shows: see --format json")
            return
        }
        for (offset, line) in lines.enumerated() {
            // The steps after a failed one would do harm.
            try StandardOutput.shared.print(
                "  " + line + (offset < lines.count - 1 ? " &&" : ""))
        }
    }
}
