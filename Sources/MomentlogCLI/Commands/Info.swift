import ArgumentParser
import Momentlog
import Moments

struct Info: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show checkpoints.",
        discussion: Examples.after(
            "In JSON, one name is an object, several names or a pattern an array.", of: "info"))

    @OptionGroup var checkpoints: CheckpointPatterns
    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let domain = try await store.domain(checkpoints.domain, at: moment.at)
            moment.noteBeginning(of: domain)
            try await moment.noteCommit(in: store)
            let found = try domain.graph.names(matching: checkpoints.names)
                .compactMap { domain.graph.moment(named: $0) }
            if format.format == .table {
                for (offset, moment) in found.enumerated() {
                    if offset > 0 { try StandardOutput.shared.print("") }
                    try printTable(moment, of: domain)
                }
            } else if checkpoints.isOne, let moment = found.first {
                try format.format.print(item: .info(moment, of: domain))
            } else {
                try format.format.print(
                    items: found.lazy.map { JSONItem.info($0, of: domain) })
            }
        }
    }

    /// Prints the fields of virsh checkpoint-info, and further ones.
    private func printTable(_ moment: Moment, of domain: Domain) throws(MomentlogError) {
        let checkpoint = moment.checkpoint
        let isThere = checkpoint.parent.map { domain.graph.contains($0) } ?? true
        let fault =
            !isThere
            ? " (missing)"
            : domain.graph.isShownCut(checkpoint.name) ? " (a cycle, shown cut here)" : ""
        var rows = [
            ("Name", checkpoint.name.text), ("Domain", domain.name),
            ("Current", moment.isCurrent ? "yes" : "no"),
            ("Parent", (checkpoint.parent?.text ?? "-") + fault),
            ("Children", String(moment.childCount)),
            ("Descendants", String(moment.descendantCount)),
            ("Creation Time", LocalTime.text(checkpoint.creationTime)),
        ]
        if let description = checkpoint.description { rows.append(("Description", description)) }
        for (offset, disk) in checkpoint.disks.enumerated() {
            let bitmap = disk.mode == .no ? "no" : "bitmap \(disk.bitmap ?? checkpoint.name.text)"
            rows.append((offset == 0 ? "Disks" : "", "\(disk.name): \(bitmap)"))
        }
        for (offset, health) in domain.graph.health(of: checkpoint.name).enumerated() {
            let text = "\(health.disk): \(HealthOutput.text(health))"
            rows.append((offset == 0 ? "Health" : "", text))
        }
        let marks = FaultMarks(domain)
        for (offset, words) in marks.words(of: checkpoint.name).enumerated() {
            rows.append((offset == 0 ? "Findings" : "", words))
        }
        rows.append(("Definition", EventFields.short(checkpoint.definition?.hexadecimal)))
        for (label, value) in rows {
            let head = label.isEmpty ? "" : label + ":"
            let padding = String(repeating: " ", count: max(1, 16 - head.count))
            try StandardOutput.shared.print(head + padding + Terminal.harmless(value))
        }
    }
}
