public import EventLog
public import Moments

extension JSONItem {
    /// The differences between two points in time: the items of `diff`.
    public static func differences(_ difference: GraphDifference) -> [JSONItem] {
        DifferenceRow.rows(of: difference).map(JSONItem.difference)
    }

    /// One difference.
    package static func difference(_ row: DifferenceRow) -> JSONItem {
        JSONItem { json in
            json.member("change", row.change)
            if let checkpoint = row.checkpoint { json.member("checkpoint", checkpoint) }
            if let disk = row.disk { json.member("disk", disk) }
            json.key("from")
            json.side(row.from)
            json.key("to")
            json.side(row.to)
        }
    }

    /// One checkpoint that had a name, from its creation on: an item of `history`.
    public static func incarnation(_ life: CheckpointHistory.Life) -> JSONItem {
        JSONItem { json in
            json.member("ended", life.hasEnded)
            json.member("steps", life.steps.map(step))
        }
    }

    private static func step(_ step: CheckpointHistory.Step) -> JSONItem {
        let recorded = step.recorded
        return JSONItem { json in
            json.member("step", step.change.label)
            json.member("sequence", recorded.sequence)
            json.member("commit", recorded.commit)
            json.member("time", recorded.time.description)
            json.member("actor", recorded.provenance.actor)
            json.member("reason", recorded.provenance.reason)
            json.key("origin")
            EventLine.write(recorded.origin, to: &json)
            switch step.change {
            case .created(let checkpoint), .added(let checkpoint):
                json.member("checkpoint", self.checkpoint(checkpoint))
            case .redefined(let replacement):
                json.member("before", checkpoint(replacement.before))
                json.member("after", checkpoint(replacement.after))
            case .moved(from: let from, to: let to):
                json.member("from", from)
                json.member("to", to)
            case .observed(let seen, before: let before):
                json.member("disk", seen.disk)
                json.member("bitmap", seen.bitmap)
                json.member("verdict", seen.verdict.rawValue)
                json.member("image", seen.image)
                json.member("observationTime", time: seen.observationTime)
                json.member("verdictBefore", before?.verdict.rawValue)
                json.member("observationTimeBefore", time: before?.observationTime)
            case .becameCurrent, .deleted: break
            }
        }
    }

    /// The log's head: what `head` prints.
    public static func head(_ head: StoreHead) -> JSONItem {
        JSONItem { json in
            json.member("origin", head.origin)
            json.member("size", head.size)
            json.member("root", head.rootText)
        }
    }
}

extension CheckpointHistory.Change {
    /// The name of the kind.
    fileprivate var label: String {
        switch self {
        case .created: "created"
        case .added: "added"
        case .redefined: "redefined"
        case .moved: "moved"
        case .becameCurrent: "current"
        case .observed: "observed"
        case .deleted: "deleted"
        }
    }
}

extension JSONText {
    fileprivate mutating func side(_ side: DifferenceRow.Side) {
        switch side {
        case .nothing, .verdict(nil, disk: _): null()
        case .text(let text): value(text)
        case .time(let time): value(time.seconds)
        case .flag(let flag): value(flag)
        case .names(let names): array { json in for name in names { json.value(name.text) } }
        case .disks(let disks):
            array { json in for disk in disks { EventLine.write(disk, to: &json) } }
        case .checkpoint(let checkpoint): raw(JSONItem.checkpoint(checkpoint).text)
        case .verdict(let health?, disk: _):
            object { json in
                json.member("verdict", health.verdict.rawValue)
                json.member("observationTime", time: health.observationTime)
            }
        }
    }
}
