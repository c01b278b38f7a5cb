import Moments

/// Metrics of domains in Prometheus' text format, for a file that node_exporter's textfile
/// collector reads.
///
/// Source: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
public struct PrometheusText {
    private let statuses: [DomainStatus]

    /// Creates the metrics of domains.
    public init(_ statuses: [DomainStatus]) { self.statuses = statuses }

    /// Calls a closure with each line, without its line feed.
    ///
    /// - Complexity: O(*n*) in the domains and their disks.
    public func forEachLine<Failure: Error>(
        _ body: (String) throws(Failure) -> Void
    ) throws(Failure) {
        try body("# HELP momentlog_domains Domains in the store.")
        try body("# TYPE momentlog_domains gauge")
        try body("momentlog_domains \(statuses.count)")
        try family("domain_checkpoints", "Checkpoints of a domain.", body) { status in
            [("", String(status.checkpointCount))]
        }
        try family(
            "domain_findings", "Kinds of findings of a domain, by severity.", body
        ) { status in
            let errors = status.findings.count { $0.severity == .error }
            return [
                (Self.label("severity", "error"), String(errors)),
                (Self.label("severity", "warning"), String(status.findings.count - errors)),
            ]
        }
        try family(
            "domain_needs_attention",
            "Whether an error was found, checkpoints were lost, or a disk needs a full backup.",
            body
        ) { status in [("", status.needsAttention ? "1" : "0")] }
        try family(
            "domain_last_event_timestamp_seconds", "When a domain's last event was recorded.", body
        ) { status in
            status.lastEvent.map { [("", Self.seconds($0.time))] } ?? []
        }
        try family(
            "domain_last_observation_timestamp_seconds",
            "When a domain was observed in a libvirt last.", body
        ) { status in
            status.lastObservation.map { [("", Self.seconds($0.time))] } ?? []
        }
        try family(
            "domain_lost_checkpoints",
            "Recorded checkpoints of a domain that its last observation did not show.", body
        ) { status in
            status.lastObservation.map { _ in [("", String(status.lost.count))] } ?? []
        }
        try family(
            "disk_last_inspection_timestamp_seconds", "When a disk's images were inspected last.",
            body
        ) { status in
            status.disks.compactMap { disk in
                disk.lastInspection.map { (Self.label("disk", disk.disk), String($0)) }
            }
        }
        try family(
            "disk_needs_full_backup",
            "Whether inspections have shown that no incremental backup of a disk is possible.", body
        ) { status in
            status.disks.map {
                (Self.label("disk", $0.disk), $0.needsFullBackup ? "1" : "0")
            }
        }
    }

    /// Prints the metrics of one name.
    ///
    /// - Parameter samples: Returns for a domain the labels besides its own, each with a comma
    ///   before it, and values.
    private func family<Failure: Error>(
        _ name: String, _ help: String, _ body: (String) throws(Failure) -> Void,
        _ samples: (DomainStatus) -> [(labels: String, value: String)]
    ) throws(Failure) {
        try body("# HELP momentlog_\(name) \(help)")
        try body("# TYPE momentlog_\(name) gauge")
        for status in statuses {
            let domain = Self.label("domain", status.name).dropFirst()
            let uuid = Self.label("uuid", status.uuid?.description ?? "")
            for sample in samples(status) {
                try body("momentlog_\(name){\(domain)\(uuid)\(sample.labels)} \(sample.value)")
            }
        }
    }

    private static func label(_ name: String, _ value: String) -> String {
        var text = ",\(name)=\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private static func seconds(_ time: Timestamp) -> String {
        let (seconds, fraction) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        guard fraction > 0 else { return String(seconds) }
        let digits = String(fraction)
        return "\(seconds)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
