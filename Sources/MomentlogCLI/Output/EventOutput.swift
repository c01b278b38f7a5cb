import EventLog
import Momentlog
import Moments

/// Prints events one by one as they come, since a log may be longer than memory.
struct EventOutput {
    let format: OutputFormat
    let isVerbose: Bool
    private var isFirst = true

    init(format: OutputFormat, isVerbose: Bool) {
        self.format = format
        self.isVerbose = isVerbose
    }

    mutating func print(_ line: LoggedLine) throws(MomentlogError) {
        let output = StandardOutput.shared
        switch format {
        case .jsonl, .prometheus: try output.print(line.text)
        case .json:
            try output.write((isFirst ? "[\n  " : ",\n  ").utf8)
            // Canonical lines are hashed, and are printed unchanged only if each is a line.
            try output.write(HarmlessText.json(line.text).utf8)
        case .table where isVerbose: try printParagraph(try line.event())
        case .table: try printRow(try line.event())
        }
        isFirst = false
    }

    /// Prints what comes after the last event.
    func end() throws(MomentlogError) {
        switch format {
        case .jsonl, .prometheus: break
        case .json: try StandardOutput.shared.write((isFirst ? "[]\n" : "\n]\n").utf8)
        case .table: if isFirst { try StandardOutput.shared.print("No matching events.") }
        }
    }

    /// Prints a row: the columns have fixed widths, since later rows are not known yet.
    private func printRow(_ recorded: RecordedEvent) throws(MomentlogError) {
        let layout = Self.layout
        if isFirst { try layout.printHeading() }
        let by = recorded.provenance.actor + (recorded.provenance.reason.map { ": \($0)" } ?? "")
        try layout.print([
            Table.Cell(recorded.sequence), Table.Cell(LocalTime.text(recorded.time)),
            Table.Cell(recorded.domain?.text ?? "-"),
            Table.Cell(
                EventSentence.text(recorded), EventSentence.style(recorded.event)),
            Table.Cell(by),
        ])
    }

    /// The widths for the terminal; where rows may have any width, cells are not wrapped.
    private static let layout: TableLayout = {
        let columns = [
            Table.Column(heading: "Seq", isNumeric: true),
            Table.Column(heading: "Time", flow: .time),
            Table.Column(heading: "Domain"), Table.Column(heading: "Event"),
            Table.Column(heading: "By", flow: .wrapped),
        ]
        guard let limit = Terminal.tableColumns else {
            return TableLayout(columns, fixed: [5, 25, 8, 22, .max], gap: 2, isOneLine: true)
        }
        let time = limit < 100 ? 19 : 25
        let rest = limit - 5 - time - 4 * 2 - 2
        let domain = min(24, max(6, rest / 4))
        let event = min(40, max(10, (rest - domain) / 2))
        return TableLayout(
            columns, fixed: [5, time, domain, event, max(6, rest - domain - event)], gap: 2)
    }()

    /// Prints all fields, one per line.
    private func printParagraph(_ recorded: RecordedEvent) throws(MomentlogError) {
        let output = StandardOutput.shared
        if !isFirst { try output.print("") }
        try output.print(
            Terminal.styled("event \(recorded.sequence)", .bold) + "  "
                + Terminal.styled(
                    Terminal.harmless(EventSentence.text(recorded)),
                    EventSentence.style(recorded.event)))
        for (label, value) in EventFields.of(recorded) {
            let head = label.isEmpty ? "" : label + ":"
            let padding = String(repeating: " ", count: max(1, 15 - head.count))
            try output.print("  " + head + padding + Terminal.harmless(value))
        }
    }
}

/// The fields of an event, with labels.
enum EventFields {
    static func of(_ recorded: RecordedEvent) -> [(label: String, value: String)] {
        var fields = [
            ("Kind", recorded.event.kind.rawValue), ("Commit", String(recorded.commit)),
            ("Domain", recorded.domain?.text ?? "-"), ("Revision", String(recorded.revision)),
            ("Time", LocalTime.precise(recorded.time)),
        ]
        if let clock = recorded.clock {
            fields.append(("Clock", "\(LocalTime.precise(clock)), set back"))
        }
        fields.append(("Actor", recorded.provenance.actor))
        if let reason = recorded.provenance.reason { fields.append(("Reason", reason)) }
        fields.append(("Origin", text(recorded.origin)))
        if let request = recorded.provenance.request { fields.append(("Request", request)) }
        switch recorded.event {
        case .domainDefined(name: _, uuid: let uuid, definition: let definition):
            fields.append(("UUID", uuid?.description ?? "-"))
            fields.append(("Definition", EventFields.short(definition?.hexadecimal)))
        case .checkpointCreated(let checkpoint),
            .checkpointRedefined(let checkpoint, claimsCurrent: _):
            fields += of(checkpoint)
        case .bitmapObserved(let seen):
            fields.append(("Disk", seen.disk))
            fields.append(("Bitmap", seen.bitmap))
            fields.append(("Verdict", seen.verdict.rawValue))
            fields.append(("Image", seen.image ?? "-"))
            fields.append(("Observed", LocalTime.text(seconds: seen.observationTime)))
        case .findingAcknowledged(let acknowledgement):
            fields.append(("Finding", acknowledgement.finding.rawValue))
        case .settingsChanged(let change):
            fields.append(("Setting", change.setting.rawValue))
            fields.append(("Old", change.old ? "on" : "off"))
            fields.append(("New", change.new ? "on" : "off"))
        case .lossAccepted(let lost):
            fields.append(("Lost", "\(lost.origin), \(lost.size) events, \(lost.root)"))
        case .domainRenamed, .domainUndefined, .checkpointDeleted, .currentSet: break
        }
        return fields
    }

    private static func of(_ checkpoint: Checkpoint) -> [(String, String)] {
        var fields = [
            ("Parent", checkpoint.parent?.text ?? "-"),
            ("Created", LocalTime.text(checkpoint.creationTime)),
            ("Description", checkpoint.description ?? "-"),
        ]
        for (offset, disk) in checkpoint.disks.enumerated() {
            fields.append((offset == 0 ? "Disks" : "", disk.words))
        }
        return fields + [("Definition", short(checkpoint.definition?.hexadecimal))]
    }

    /// Returns the first digits of a digest, enough to distinguish digests in practice.
    static func short(_ digest: String?) -> String { digest.map { String($0.prefix(12)) } ?? "-" }

    static func text(_ origin: Origin) -> String {
        switch origin {
        case .commandLine: "command"
        case .library: "library"
        case .importedLibrary: "import"
        case .importedFile(name: let name, sha256: let sha256):
            "import of \(name), \(short(sha256))"
        case .live(uri: let uri, host: let host, libvirt: let version):
            "live from \(uri) on \(host), libvirt \(version)"
        }
    }
}

extension Disk {
    /// Such as `vda: bitmap c1`.
    var words: String { "\(name): " + (mode == .no ? "no" : "bitmap \(bitmap ?? "-")") }
}
