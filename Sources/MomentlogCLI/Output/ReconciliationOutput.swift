import Momentlog

/// Prints what became of a domain's bitmaps.
struct ReconciliationOutput {
    private let reconciled: ReconciledDomain
    private let reconciliation: Reconciliation

    /// The disks of whose images the files are behind: nothing is to be done on their word.
    private let stale: [String]

    init(_ reconciled: ReconciledDomain, stale: [String]) {
        self.stale = stale
        self.reconciled = reconciled
        reconciliation = reconciled.reconciliation
    }

    func print(_ format: OutputFormat) throws(MomentlogError) {
        guard format == .table else {
            return try format.printJSON(reconciliation.judgements) { judgement, json in
                json.object { write(judgement, to: &$0) }
            }
        }
        try printTable()
        try printOutlooks()
        try printRemedies()
    }

    private func isStale(_ disk: String) -> Bool {
        stale.contains { $0.utf8.elementsEqual(disk.utf8) }
    }

    private func repair(_ judgement: Reconciliation.Judgement) -> [String] {
        isStale(judgement.disk)
            ? [] : reconciliation.repair(judgement, in: reconciled.domain.name)
    }

    private func write(_ judgement: Reconciliation.Judgement, to json: inout JSONText) {
        json.member("checkpoint", judgement.checkpoint)
        json.member("disk", judgement.disk)
        json.member("bitmap", judgement.bitmap)
        json.member("verdict", judgement.verdict.rawValue)
        json.member("message", reconciled.message(of: judgement))
        json.key("repair")
        json.array { json in
            for command in repair(judgement) { json.value(command) }
        }
    }

    private func printTable() throws(MomentlogError) {
        var table = Table([
            Table.Column(heading: "Checkpoint"), Table.Column(heading: "Disk"),
            Table.Column(heading: "Bitmap"), Table.Column(heading: "Verdict"),
            Table.Column(heading: "Why"),
        ])
        for judgement in reconciliation.judgements {
            table.add([
                Table.Cell(judgement.checkpoint ?? "-"), Table.Cell(judgement.disk),
                Table.Cell(judgement.bitmap),
                Table.Cell(judgement.verdict.rawValue, EventSentence.style(judgement.verdict)),
                Table.Cell(reconciled.message(of: judgement)),
            ])
        }
        try table.print()
    }

    /// What each disk's next backup can build on.
    private func printOutlooks() throws(MomentlogError) {
        for outlook in reconciliation.outlooks {
            let text =
                isStale(outlook.disk)
                ? "in use, and its file is behind: what it can be backed up from is not known"
                : !outlook.wasSeen
                    ? "not looked at"
                    : outlook.needsFullBackup
                        ? "needs a full backup"
                        : "incremental backups can be made since \(names(outlook.bases))"
            let isLost = outlook.needsFullBackup && !isStale(outlook.disk)
            let style: Terminal.Style = isLost ? .red : .plain
            try StandardOutput.shared.print(
                Terminal.harmless("disk \(outlook.disk): ")
                    + Terminal.styled(
                        Terminal.harmless(text), style))
        }
    }

    /// The last of many names.
    private func names(_ names: [String]) -> String {
        let most = 8
        guard names.count > most else { return names.joined(separator: ", ") }
        return "\(names.count) checkpoints, the last of them "
            + names.suffix(most).joined(separator: ", ")
    }

    /// Each command once, in an order in which they can be run.
    private func printRemedies() throws(MomentlogError) {
        var printed: Set<String> = []
        for judgement in reconciliation.judgements {
            for command in repair(judgement) where printed.insert(command).inserted {
                let heading = printed.count == 1 ? "repair:\n" : ""
                try StandardOutput.shared.print(heading + "  " + Terminal.harmless(command))
            }
        }
    }
}
