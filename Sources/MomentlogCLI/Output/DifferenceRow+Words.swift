import Momentlog
import Moments

extension DifferenceRow.Side {
    /// The disks or values in words.
    var words: String {
        switch self {
        case .nothing: ""
        case .text(let text): text ?? "-"
        case .time(let time): LocalTime.text(time)
        case .flag(let flag): flag ? "yes" : "no"
        case .names(let names): names.isEmpty ? "-" : names.map(\.text).joined(separator: ", ")
        case .disks(let disks): disks.map(\.words).joined(separator: ", ")
        case .checkpoint(let checkpoint): checkpoint.parent.map { "below \($0)" } ?? "a root"
        case .verdict(let health, disk: let disk):
            health.map { "\(disk): \($0.verdict.rawValue)" } ?? "-"
        }
    }
}

extension DifferenceRow {
    /// Red for removed, green for added, yellow for changed.
    var style: Terminal.Style {
        if case .verdict(let health, disk: _) = to {
            return health.map { EventSentence.style($0.verdict) } ?? .plain
        }
        switch change {
        case "removed": return .red
        case "added": return .green
        default: return checkpoint == nil ? .plain : .yellow
        }
    }

    /// Returns one side in words: for a definition, a short digest.
    func words(_ side: Side) -> String {
        change == "definition" ? String(side.words.prefix(12)) : side.words
    }
}
