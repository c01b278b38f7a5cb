import EventLog
import Momentlog
import Moments

/// Prints what a reversion changed, or would change.
struct RevertOutput {
    /// The domain before it, and its events.
    let plan: RepairPlan

    /// The outcome; nil if it was only planned.
    let outcome: CommandOutcome?

    /// The end of the commit whose state the domain has again.
    let to: LogPosition

    func print(_ format: OutputFormat) throws(MomentlogError) {
        guard format == .table else {
            try format.print(item: .reverted(plan, outcome, to: to))
            let result = try plan.result()
            guard result.graph.hasErrors else { return }
            let kinds = DomainFindings(result).all.filter { $0.severity == .error }
            return Notice.warning(
                "graph-errors",
                "the errors that the graph had then \(outcome == nil ? "would be" : "are") back: "
                    + kinds.map(\.rawValue).joined(separator: ", "))
        }
        let result = try plan.result()
        let rows = DifferenceRow.rows(of: GraphDifference(from: plan.domain, to: result))
        try printTable(rows, result)
    }

    private func printTable(
        _ rows: [DifferenceRow], _ result: Domain
    ) throws(MomentlogError) {
        let moment = "event \(to.sequence)" + (to.time.map { " (\(LocalTime.text($0)))" } ?? "")
        guard !plan.events.isEmpty else {
            return try write("Domain '\(result.name)' is as it was at \(moment): nothing to revert")
        }
        let events = "\(plan.events.count) event\(plan.events.count == 1 ? "" : "s")"
        if let commit = outcome?.commit {
            try write(
                "Domain '\(result.name)' reverted to \(moment): \(events) in commit \(commit)")
        } else {
            try write("Domain '\(result.name)' would be reverted to \(moment) by \(events)")
        }
        try DifferenceRow.table(rows).print()
        if result.graph.hasErrors {
            let kinds = DomainFindings(result).all.filter { $0.severity == .error }
                .map(\.rawValue).joined(separator: ", ")
            try write(
                "The errors that the graph had then \(outcome == nil ? "would be" : "are") back:"
                    + " \(kinds); 'momentlog check' says what to do about them")
        }
        try write(
            "This concerns the record only. libvirt may lack restored checkpoints, and have"
                + " others: 'momentlog compare' names them, and 'momentlog push' gives libvirt the"
                + " recorded ones. 'momentlog reconcile' checks whether the disk images have the"
                + " bitmaps.")
    }

    private func write(_ text: String) throws(MomentlogError) {
        for line in Terminal.wrapped(Terminal.harmless(text), columns: Terminal.columns) {
            try StandardOutput.shared.print(line)
        }
    }
}
