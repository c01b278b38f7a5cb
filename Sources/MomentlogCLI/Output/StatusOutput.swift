import EventLog
import Momentlog
import Moments

/// Prints the status of domains.
enum StatusOutput {
    static func print(
        _ statuses: [DomainStatus], _ format: OutputFormat
    ) throws(MomentlogError) {
        guard format == .table else {
            return try format.print(items: statuses.lazy.map(JSONItem.status))
        }
        let isObserved = statuses.contains { $0.lastObservation != nil }
        var columns = [
            Table.Column(heading: "Domain"),
            Table.Column(heading: "Checkpoints", isNumeric: true),
            Table.Column(heading: "Current"), Table.Column(heading: "Findings"),
            Table.Column(heading: "Last Event"), Table.Column(heading: "Inspected"),
            Table.Column(heading: "Full Backup"),
        ]
        if isObserved { columns.append(Table.Column(heading: "Observed")) }
        var table = Table(columns)
        let now = Timestamp.now.microseconds / 1_000_000
        for status in statuses { table.add(row(status, now, isObserved)) }
        try table.print()
        let checkpoints = statuses.reduce(0) { $0 + $1.checkpointCount }
        let attention = statuses.count(where: \.needsAttention)
        try StandardOutput.shared.print(
            "\(statuses.count) domain\(statuses.count == 1 ? "" : "s"),"
                + " \(checkpoints) checkpoint\(checkpoints == 1 ? "" : "s"): "
                + (attention == 0
                    ? "no errors recorded" + (isObserved ? ", none lost when observed" : "")
                        + ", and no disk is known to need a full backup"
                    : "\(attention) need\(attention == 1 ? "s" : "") attention"))
    }

    private static func row(
        _ status: DomainStatus, _ now: Int64, _ isObserved: Bool
    ) -> [Table.Cell] {
        let gravest = status.findings.first
        let more = status.findings.count > 1 ? " and \(status.findings.count - 1) more" : ""
        let inspected = status.disks.map { disk in
            "\(disk.disk) " + (disk.lastInspection.map { Self.age(of: $0, now) } ?? "never")
        }
        let full = status.needFullBackup
        var cells = [
            Table.Cell(status.name), Table.Cell(status.checkpointCount),
            Table.Cell(status.current ?? "-"),
            Table.Cell(
                gravest.map { $0.rawValue + more } ?? "-",
                gravest.map { $0.severity == .error ? .red : .yellow } ?? .plain),
            Table.Cell(
                status.lastEvent.map { "\($0.sequence), \(LocalTime.text($0.time))" } ?? "-"),
            Table.Cell(inspected.isEmpty ? "-" : inspected.joined(separator: ", ")),
            Table.Cell(
                full.isEmpty ? "-" : full.joined(separator: ", "), full.isEmpty ? .plain : .red),
        ]
        if isObserved { cells.append(observed(status, now)) }
        return cells
    }

    private static func observed(_ status: DomainStatus, _ now: Int64) -> Table.Cell {
        guard let observation = status.lastObservation else { return Table.Cell("never") }
        let lost = status.lost.isEmpty ? "" : "\(status.lost.count) lost, "
        return Table.Cell(
            lost + age(of: observation.time.microseconds / 1_000_000, now),
            lost.isEmpty ? .plain : .red)
    }

    /// Returns the age in the largest unit with at least two.
    private static func age(of time: Int64, _ now: Int64) -> String {
        let (difference, isTooFar) = now.subtractingReportingOverflow(time)
        let seconds = isTooFar ? 0 : max(0, difference)
        let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min")]
        for (length, name) in units where seconds >= 2 * length {
            return "\(seconds / length) \(name) ago"
        }
        return "\(seconds) s ago"
    }
}
