/// What came of all faults, for people.
struct FaultTable {
    private let tallies: [Tally]

    init(_ tallies: [Tally]) { self.tallies = tallies }

    private static let heads = [
        "faults", "tried", "survived", "acknowledged events lost", "torn commits",
        "unknown outcomes resolved",
    ]

    /// A table in Markdown, and below it what there is to say.
    var text: String {
        var lines = ["| \(Self.heads.joined(separator: " | ")) |"]
        lines.append("| --- |" + String(repeating: " ---: |", count: Self.heads.count - 1))
        for tally in tallies {
            lines.append(
                "| \(tally.name) | \(tally.tried) | \(tally.survived) | \(tally.lost) |"
                    + " \(tally.torn) | \(tally.resolved) |")
        }
        for tally in tallies {
            for remark in tally.remarks { lines.append("\(tally.name): \(remark)") }
            for failure in tally.failures { lines.append("FAILED \(tally.name): \(failure)") }
            if tally.failureCount > tally.failures.count {
                lines.append(
                    "FAILED \(tally.name): and \(tally.failureCount - tally.failures.count) more")
            }
        }
        return lines.joined(separator: "\n")
    }
}
