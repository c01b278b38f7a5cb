import Momentlog

/// Prints what a repair appends.
enum PlanOutput {
    static func print(_ plans: [RepairPlan], _ format: OutputFormat) throws(MomentlogError) {
        if format == .table { return try printTable(plans) }
        let events = plans.flatMap { plan in
            plan.events.enumerated().map { offset, event in (plan, offset, event) }
        }
        try format.printJSON(events) { planned, json in
            write(planned.2, planned.1, of: planned.0, to: &json)
        }
    }

    /// The events of one domain's repair, as elements of an array.
    static func write(_ plan: RepairPlan, to json: inout JSONText) {
        for (offset, event) in plan.events.enumerated() {
            write(event, offset, of: plan, to: &json)
        }
    }

    private static func write(
        _ event: Event, _ offset: Int, of plan: RepairPlan, to json: inout JSONText
    ) {
        EventLine.write(
            planned: event, domain: plan.domain.name, revision: plan.domain.revision + offset + 1,
            to: &json)
    }

    private static func printTable(_ plans: [RepairPlan]) throws(MomentlogError) {
        guard plans.contains(where: { !$0.events.isEmpty }) else {
            return try StandardOutput.shared.print("There is nothing to repair.")
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
