import Momentlog
import Moments

/// Prints the events of a repair.
enum PlanOutput {
    static func print(_ plans: [RepairPlan], _ format: OutputFormat) throws(MomentlogError) {
        if format == .table { return try printTable(plans) }
        try format.print(items: plans.flatMap(JSONItem.planned))
    }

    private static func printTable(_ plans: [RepairPlan]) throws(MomentlogError) {
        guard plans.contains(where: { !$0.events.isEmpty }) else {
            return try StandardOutput.shared.print("There is nothing to repair.")
        }
        var table = Table([
            Table.Column(heading: "Domain"), Table.Column(heading: "Event"),
            Table.Column(heading: "Before", flow: .wrapped),
            Table.Column(heading: "After", flow: .wrapped),
        ])
        for plan in plans {
            for event in plan.events {
                let change = change(event, plan.domain.graph)
                table.add([
                    Table.Cell(plan.domain.name), Table.Cell(EventSentence.text(event)),
                    Table.Cell(change.before), Table.Cell(change.after),
                ])
            }
        }
        try table.print()
    }

    /// Returns what an event changes, in words.
    private static func change(
        _ event: Event, _ graph: MomentGraph
    ) -> (before: String, after: String) {
        switch event {
        case .checkpointRedefined(let checkpoint, claimsCurrent: _):
            let before = graph.checkpoint(named: checkpoint.name)?.parent
            let isThere = before.map { graph.contains($0) } ?? true
            return (
                "parent \(before ?? "none")" + (isThere ? "" : " (missing)"),
                "parent \(checkpoint.parent ?? "none")"
            )
        case .currentSet(let name):
            let claims = graph.currentClaims
            return (
                claims.isEmpty
                    ? "current \(graph.recordedCurrent ?? "none")"
                    : "\(claims.count) claim to be current",
                "current \(name ?? "none")"
            )
        default:
            return ("", "")
        }
    }
}
