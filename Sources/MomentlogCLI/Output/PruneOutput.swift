import Momentlog
import Moments

/// Prints which checkpoints of pruned domains stay.
enum PruneOutput {
    /// - Parameter isDone: Whether it was done, rather than planned.
    static func print(
        _ prunings: [Pruning], isDone: Bool, _ format: OutputFormat
    ) throws(MomentlogError) {
        guard format == .table else {
            return try format.print(
                items: prunings.lazy.flatMap { pruning in
                    pruning.choices.map { JSONItem.pruned($0, of: pruning.domain) }
                })
        }
        try printTable(prunings)
        try printCounts(prunings, isDone: isDone)
    }

    /// What was, or would be, deleted in a libvirt and in the record.
    static func print(
        _ reports: [LivePruning], at uri: String, isDone: Bool, _ format: OutputFormat
    ) throws(MomentlogError) {
        guard format == .table else {
            return try format.print(items: reports.lazy.flatMap { JSONItem.pruned($0) })
        }
        let remaining = reports.map { Set($0.remaining) }
        try printTable(reports.map(\.pruning)) { index, name in remaining[index].contains(name) }
        let all = reports.reduce(0) { $0 + $1.pruning.choices.count }
        let deleted = reports.reduce(0) { $0 + $1.deleted.count }
        let kept = "\(all - deleted) of \(all) checkpoint\(all == 1 ? "" : "s")"
        guard deleted > 0 else {
            return try write("\(kept) \(isDone ? "stay" : "would stay")")
        }
        try write(
            isDone
                ? "\(kept) stay; \(deleted) deleted in libvirt at \(uri) and removed from the"
                    + " record"
                : "\(kept) would stay; \(deleted) would be deleted in libvirt at \(uri) and"
                    + " removed from the record")
    }

    /// - Parameter remains: Whether a checkpoint that the rules remove could not be deleted.
    private static func printTable(
        _ prunings: [Pruning], remains: (Int, CheckpointName) -> Bool = { _, _ in false }
    ) throws(MomentlogError) {
        var table = Table([
            Table.Column(heading: "Domain"), Table.Column(heading: "Checkpoint"),
            Table.Column(heading: "Creation Time"), Table.Column(heading: "Stays"),
            Table.Column(heading: "Reasons"),
        ])
        for (index, pruning) in prunings.enumerated() {
            for choice in pruning.choices {
                let stays = remains(index, choice.checkpoint.name)
                table.add([
                    Table.Cell(pruning.domain.name), Table.Cell(choice.checkpoint.name),
                    Table.Cell(LocalTime.text(choice.checkpoint.creationTime)),
                    Table.Cell(
                        choice.isKept || stays ? "yes" : "no",
                        choice.isKept ? .green : .red),
                    Table.Cell(
                        stays
                            ? "not deleted" : choice.reasons.map(\.words).joined(separator: ", ")),
                ])
            }
        }
        try table.print()
    }

    private static func printCounts(
        _ prunings: [Pruning], isDone: Bool
    ) throws(MomentlogError) {
        let all = prunings.reduce(0) { $0 + $1.choices.count }
        let removed = prunings.reduce(0) { $0 + $1.removed.count }
        let kept = "\(all - removed) of \(all) checkpoint\(all == 1 ? "" : "s")"
        guard removed > 0 else {
            return try write(
                isDone && all == 0
                    ? "Nothing was removed"
                    : "\(kept) \(isDone ? "stay" : "would stay"): nothing to remove")
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
