import Momentlog

/// One line of a difference.
struct DifferenceRow {
    /// What a row says that something was, or is.
    enum Side {
        case nothing
        case text(String?)
        case time(Int64)
        case flag(Bool)
        case names([String])
        case disks([Disk])
        case checkpoint(Checkpoint)
        case verdict(DiskHealth?, disk: String)

        /// For people.
        var words: String {
            switch self {
            case .nothing: ""
            case .text(let text): text ?? "-"
            case .time(let seconds): LocalTime.text(seconds: seconds)
            case .flag(let flag): flag ? "yes" : "no"
            case .names(let names): names.isEmpty ? "-" : names.joined(separator: ", ")
            case .disks(let disks): disks.map(\.words).joined(separator: ", ")
            case .checkpoint(let checkpoint):
                checkpoint.parent.map { "below \($0)" } ?? "a root"
            case .verdict(let health, disk: let disk):
                health.map { "\(disk): \($0.verdict.rawValue)" } ?? "-"
            }
        }
    }

    let change: String
    var checkpoint: String?
    var disk: String?
    var style = Terminal.Style.plain
    let from: Side
    let to: Side

    static func rows(of difference: GraphDifference) -> [DifferenceRow] {
        var rows: [DifferenceRow] = []
        func add<Value>(
            _ name: String, _ change: GraphDifference.Change<Value>?, of checkpoint: String? = nil,
            _ style: Terminal.Style = .plain, _ side: (Value) -> Side
        ) {
            guard let change else { return }
            rows.append(
                DifferenceRow(
                    change: name, checkpoint: checkpoint, style: style, from: side(change.from),
                    to: side(change.to)))
        }
        add("live", difference.isLive) { .flag($0) }
        add("name", difference.name) { .text($0) }
        add("uuid", difference.uuid) { .text($0?.description) }
        add("definition", difference.definition) { .text($0?.hexadecimal) }
        for checkpoint in difference.removed {
            rows.append(
                DifferenceRow(
                    change: "removed", checkpoint: checkpoint.name, style: .red,
                    from: .checkpoint(checkpoint), to: .nothing))
        }
        for checkpoint in difference.added {
            rows.append(
                DifferenceRow(
                    change: "added", checkpoint: checkpoint.name, style: .green, from: .nothing,
                    to: .checkpoint(checkpoint)))
        }
        for replaced in difference.replaced {
            let name = replaced.after.name
            add("moved", replaced.parent, of: name, .yellow) { .text($0) }
            add("description", replaced.description, of: name, .yellow) { .text($0) }
            add("creationTime", replaced.creationTime, of: name, .yellow) { .time($0) }
            add("disks", replaced.disks, of: name, .yellow) { .disks($0) }
            add("definition", replaced.definition, of: name, .yellow) { .text($0?.hexadecimal) }
        }
        for change in difference.verdicts {
            rows.append(
                DifferenceRow(
                    change: "verdict", checkpoint: change.checkpoint, disk: change.disk,
                    style: change.to.map { EventSentence.style($0.verdict) } ?? .plain,
                    from: .verdict(change.from, disk: change.disk),
                    to: .verdict(change.to, disk: change.disk)))
        }
        add("claims", difference.claims) { .names($0) }
        add("current", difference.current) { .text($0) }
        return rows
    }

    func write(to json: inout JSONText) {
        json.member("change", change)
        if let checkpoint { json.member("checkpoint", checkpoint) }
        if let disk { json.member("disk", disk) }
        write("from", from, to: &json)
        write("to", to, to: &json)
    }

    private func write(_ key: StaticString, _ side: Side, to json: inout JSONText) {
        json.key(key)
        switch side {
        case .nothing: json.null()
        case .text(let text): json.value(text)
        case .time(let seconds): json.value(seconds)
        case .flag(let flag): json.value(flag)
        case .names(let names): json.array { json in for name in names { json.value(name) } }
        case .disks(let disks):
            json.array { json in for disk in disks { EventLine.write(disk, to: &json) } }
        case .checkpoint(let checkpoint):
            json.object { CheckpointFields.write(checkpoint, to: &$0) }
        case .verdict(nil, disk: _): json.null()
        case .verdict(let health?, disk: _):
            json.object { json in
                json.member("verdict", health.verdict.rawValue)
                json.member("observationTime", health.observationTime)
            }
        }
    }
}

/// A checkpoint's metadata in JSON.
enum CheckpointFields {
    static func write(_ checkpoint: Checkpoint, to json: inout JSONText) {
        json.member("name", checkpoint.name)
        json.member("parent", checkpoint.parent)
        json.member("creationTime", checkpoint.creationTime)
        json.member("description", checkpoint.description)
        json.key("disks")
        json.array { json in
            for disk in checkpoint.disks { EventLine.write(disk, to: &json) }
        }
        json.member("definition", checkpoint.definition?.hexadecimal)
    }
}
