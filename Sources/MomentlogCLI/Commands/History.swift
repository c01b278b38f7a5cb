import ArgumentParser
import Momentlog
import Moments

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show everything that happened to checkpoints of a name.",
        discussion: Examples.after(
            """
            Each lifetime shows its creation, redefinitions, moves when others were \
            deleted, and its deletion, with actors and reasons.
            """, of: "history"))

    @Argument(help: "The domain's name or UUID; it may be undefined.", completion: .domains)
    var domain: DomainReference
    @Argument(help: "The checkpoint's name.", completion: .checkpoints)
    var checkpoint: CheckpointName
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let history = try await store.history(of: checkpoint, in: domain)
            guard format.format == .table else {
                return try format.format.print(
                    items: history.lives.lazy.map(JSONItem.incarnation))
            }
            for (offset, life) in history.lives.enumerated() {
                if offset > 0 { try StandardOutput.shared.print("") }
                let title =
                    "Lifetime \(offset + 1) of \(history.lives.count)"
                    + (life.hasEnded ? "" : ", still live")
                try StandardOutput.shared.print(Terminal.styled(title, .bold))
                let next = history.lives.dropFirst(offset + 1).first?.steps.first?.recorded
                for step in life.steps {
                    let isReplaced = step.change == .deleted && next?.commit == step.recorded.commit
                    try Self.print(step, isReplaced: isReplaced)
                }
            }
        }
    }

    /// - Parameter isReplaced: Whether another checkpoint of the name was recorded with its deletion.
    private static func print(
        _ step: CheckpointHistory.Step, isReplaced: Bool
    ) throws(MomentlogError) {
        let recorded = step.recorded
        var lines = [
            isReplaced
                ? "deleted: another checkpoint of this name was recorded"
                : words(step.change)
        ]
        if case .redefined(let replacement) = step.change { lines += fields(replacement) }
        let place = "  \(recorded.sequence)  \(LocalTime.text(recorded.time))  "
        try StandardOutput.shared.print(
            place + Terminal.styled(Terminal.harmless(lines[0]), EventSentence.style(step.change)))
        for line in lines.dropFirst() {
            try StandardOutput.shared.print("      " + Terminal.harmless(line))
        }
        let reason = recorded.provenance.reason.map { ": \($0)" } ?? ""
        let by = "by \(recorded.provenance.actor), \(EventFields.text(recorded.origin))\(reason)"
        for line in Terminal.wrapped(Terminal.harmless(by), columns: Terminal.columns - 6) {
            try StandardOutput.shared.print("      " + line)
        }
    }

    private static func words(_ change: CheckpointHistory.Change) -> String {
        switch change {
        case .created(let checkpoint):
            "created" + (checkpoint.parent.map { " below \($0)" } ?? " as a root")
        case .added(let checkpoint):
            "recorded as it was" + (checkpoint.parent.map { ", below \($0)" } ?? ", a root")
        case .redefined: "redefined"
        case .moved(from: let parent, to: let to):
            "moved \(to.map { "below \($0)" } ?? "to be a root"): its parent \(parent) was deleted"
        case .becameCurrent: "became current"
        case .observed(let seen, before: let before): words(seen, before)
        case .deleted: "deleted"
        }
    }

    /// Returns a verdict and, if it changed, the times between which it did.
    private static func words(
        _ seen: BitmapObservation, _ before: BitmapObservation?
    ) -> String {
        let verdict = "verdict on \(seen.disk): \(seen.verdict.rawValue)"
        guard let before, before.verdict != seen.verdict else { return verdict }
        return verdict + ", \(before.verdict.rawValue) before: it changed between"
            + " \(LocalTime.text(seconds: before.observationTime)) and"
            + " \(LocalTime.text(seconds: seen.observationTime))"
    }

    private static func fields(_ replacement: GraphDifference.Replacement) -> [String] {
        var fields: [String] = []
        if let change = replacement.parent {
            fields.append("parent: \(change.from ?? "-") to \(change.to ?? "-")")
        }
        if let change = replacement.description {
            fields.append("description: \(change.from ?? "-") to \(change.to ?? "-")")
        }
        if let change = replacement.creationTime {
            let (from, to) = (change.from, change.to)
            fields.append(
                "creation time: \(LocalTime.text(from)) to \(LocalTime.text(to))")
        }
        if let change = replacement.disks {
            let (from, to) = (change.from, change.to)
            fields.append(
                "disks: \(from.map(\.words).joined(separator: ", ")) to"
                    + " \(to.map(\.words).joined(separator: ", "))")
        }
        if let change = replacement.definition {
            fields.append(
                "definition: \(EventFields.short(change.from?.hexadecimal)) to"
                    + " \(EventFields.short(change.to?.hexadecimal))")
        }
        return fields.isEmpty ? ["as it was"] : fields
    }
}

extension EventSentence {
    fileprivate static func style(_ change: CheckpointHistory.Change) -> Terminal.Style {
        switch change {
        case .created, .added: .green
        case .redefined, .moved: .yellow
        case .becameCurrent: .plain
        case .observed(let seen, before: _): style(seen.verdict)
        case .deleted: .red
        }
    }
}
