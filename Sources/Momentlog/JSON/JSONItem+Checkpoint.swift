import EventLog
public import Moments

extension JSONItem {
    /// A checkpoint in a list: an item of `list`.
    ///
    /// - Parameters:
    ///   - moment: The checkpoint.
    ///   - findings: Those of the domain's graph.
    ///   - health: The last verdicts on its data, for a list that shows them.
    public static func listed(
        _ moment: Moment, findings: DomainFindings, health: [DiskHealth]? = nil
    ) -> JSONItem {
        JSONItem { json in
            json.moment(moment)
            json.findings(findings[moment.checkpoint.name])
            if let health { json.member("health", health.map(JSONItem.health)) }
        }
    }

    /// A checkpoint with all details: what `info` prints.
    public static func info(_ moment: Moment, of domain: Domain) -> JSONItem {
        let name = moment.checkpoint.name
        return JSONItem { json in
            json.member("domain", domain.name)
            json.moment(moment)
            json.member("health", domain.graph.health(of: name).map(JSONItem.health))
            json.findings(DomainFindings(domain)[name])
            json.member("definition", moment.checkpoint.definition?.hexadecimal)
        }
    }

    /// A domain: an item of `domains`.
    public static func domain(_ domain: Domain, findings: DomainFindings) -> JSONItem {
        JSONItem { json in
            json.member("name", domain.name)
            json.member("uuid", domain.uuid?.description)
            json.member("live", domain.isLive)
            json.member("checkpoints", domain.graph.count)
            json.member("current", domain.graph.current)
            json.member("definition", domain.definition?.hexadecimal)
            json.member("revision", domain.revision)
            json.findings(findings.all)
        }
    }

    /// The parent of a checkpoint, null for a root: what `parent` prints.
    public static func parent(of moment: Moment, in domain: Domain) -> JSONItem {
        JSONItem { json in
            json.member("domain", domain.name)
            json.member("checkpoint", moment.checkpoint.name)
            json.member("parent", moment.checkpoint.parent)
        }
    }

    /// The current checkpoint of a domain, or why it has none: what `current` prints.
    public static func current(of domain: Domain) -> JSONItem {
        let current = domain.graph.current
        return JSONItem { json in
            json.member("domain", domain.name)
            json.member("current", current)
            json.member(
                "reason", current == nil && domain.graph.hasErrors ? "unresolved-errors" : nil)
        }
    }

    /// A checkpoint's document: what `dumpxml` prints.
    public static func document(
        _ xml: [UInt8], of checkpoint: CheckpointName, in domain: Domain
    ) -> JSONItem {
        JSONItem { json in
            json.member("domain", domain.name)
            json.member("checkpoint", checkpoint)
            json.member("xml", String(decoding: xml, as: UTF8.self))
        }
    }

    /// A checkpoint's metadata, as differences and histories have it.
    static func checkpoint(_ checkpoint: Checkpoint) -> JSONItem {
        JSONItem { json in
            json.checkpoint(checkpoint)
            json.disks(checkpoint.disks)
            json.member("definition", checkpoint.definition?.hexadecimal)
        }
    }

    private static func health(_ health: DiskHealth) -> JSONItem {
        JSONItem { json in
            json.member("disk", health.disk)
            json.member("verdict", health.verdict.rawValue)
            json.member("observationTime", time: health.observationTime)
        }
    }
}

extension JSONText {
    fileprivate mutating func checkpoint(_ checkpoint: Checkpoint) {
        member("name", checkpoint.name)
        member("parent", checkpoint.parent)
        member("creationTime", checkpoint.creationTime.seconds)
        member("description", checkpoint.description)
    }

    mutating func disks(_ disks: [Disk]) {
        key("disks")
        array { json in
            for disk in disks { EventLine.write(disk, to: &json) }
        }
    }

    fileprivate mutating func moment(_ moment: Moment) {
        checkpoint(moment.checkpoint)
        member("current", moment.isCurrent)
        member("children", moment.childCount)
        member("descendants", moment.descendantCount)
        disks(moment.checkpoint.disks)
    }
}
