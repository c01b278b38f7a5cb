import Momentlog

/// Prints what mending would append.
enum PlanOutput {
    static func print(_ plans: [MendingPlan], _ format: OutputFormat) throws(MomentlogError) {
        if format == .table { return try printTable(plans) }
        let events = plans.flatMap { plan in
            plan.events.enumerated().map { offset, event in (plan.domain, offset, event) }
        }
        try format.printJSON(events) { planned, json in
            let (domain, offset, event) = planned
            EventLine.write(
                planned: event, domain: domain.name, revision: domain.revision + offset + 1,
                to: &json)
        }
    }

    private static func printTable(_ plans: [MendingPlan]) throws(MomentlogError) {
        guard plans.contains(where: { !$0.events.isEmpty }) else {
            return try StandardOutput.shared.print("There is nothing to mend.")
        }
        var table = Table([
            Table.Column(heading: "Domain"), Table.Column(heading: "Event"),
            Table.Column(heading: "Before"), Table.Column(heading: "After"),
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

    /// What an event changes, in words.
    private static func change(
        _ event: Event, _ graph: MomentGraph
    ) -> (before: String, after: String) {
        switch event {
        case .checkpointRedefined(let checkpoint, claimsCurrent: _):
            let before = graph.checkpoint(named: checkpoint.name)?.parent
            let isThere = before.map { graph.contains($0) } ?? true
            return (
                "parent \(before ?? "none")" + (isThere ? "" : " (not there)"),
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
