import Momentlog
import Moments

extension DifferenceRow.Side {
    /// For people.
    var words: String {
        switch self {
        case .nothing: ""
        case .text(let text): text ?? "-"
        case .time(let seconds): LocalTime.text(seconds: seconds)
        case .flag(let flag): flag ? "yes" : "no"
        case .names(let names): names.isEmpty ? "-" : names.joined(separator: ", ")
        case .disks(let disks): disks.map(\.words).joined(separator: ", ")
        case .checkpoint(let checkpoint): checkpoint.parent.map { "below \($0)" } ?? "a root"
        case .verdict(let health, disk: let disk):
            health.map { "\(disk): \($0.verdict.rawValue)" } ?? "-"
        }
    }
}

extension DifferenceRow {
    /// What is gone is red, what is new green, what changed yellow.
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

    /// One side for people: of a definition, what tells it from others.
    func words(_ side: Side) -> String {
        change == "definition" ? String(side.words.prefix(12)) : side.words
    }
}
