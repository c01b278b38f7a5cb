import Momentlog
import Moments

/// What stays and what goes of domains that are pruned.
enum PruneOutput {
    /// - Parameter isDone: Whether it was done, or only would be.
    static func print(
        _ prunings: [Pruning], isDone: Bool, _ format: OutputFormat
    ) throws(MomentlogError) {
        guard format == .table else {
            return try format.print(
                items: prunings.lazy.flatMap { pruning in
                    pruning.choices.map { JSONItem.pruned($0, of: pruning.domain) }
                })
        }
        var table = Table([
            Table.Column(heading: "Domain"), Table.Column(heading: "Checkpoint"),
            Table.Column(heading: "Creation Time"), Table.Column(heading: "Stays"),
            Table.Column(heading: "Reasons"),
        ])
        for pruning in prunings {
            for choice in pruning.choices {
                table.add([
                    Table.Cell(pruning.domain.name), Table.Cell(choice.checkpoint.name),
                    Table.Cell(LocalTime.text(seconds: choice.checkpoint.creationTime)),
                    Table.Cell(
                        choice.isKept ? "yes" : "no", choice.isKept ? .green : .red),
                    Table.Cell(choice.reasons.map(\.words).joined(separator: ", ")),
                ])
            }
        }
        try table.print()
        try printCounts(prunings, isDone: isDone)
    }

    private static func printCounts(
        _ prunings: [Pruning], isDone: Bool
    ) throws(MomentlogError) {
        let all = prunings.reduce(0) { $0 + $1.choices.count }
        let removed = prunings.reduce(0) { $0 + $1.removed.count }
        let kept = "\(all - removed) of \(all) checkpoint\(all == 1 ? "" : "s")"
        guard removed > 0 else {
            return try write("\(kept) \(isDone ? "stay" : "would stay"): nothing to remove")
        }
        try write(
            isDone
                ? "\(kept) stay; \(removed) removed from the record. Nothing was deleted in libvirt"
                    + " or in disk images, and neither was looked at."
                : "\(kept) would stay; \(removed) would be removed from the record. With --script,"
                    + " the commands are printed that delete them in libvirt, too.")
    }

    private static func write(_ text: String) throws(MomentlogError) {
        for line in Terminal.wrapped(text, columns: Terminal.columns) {
            try StandardOutput.shared.print(line)
        }
    }
}
