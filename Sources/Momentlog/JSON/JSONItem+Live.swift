import EventLog
public import Moments

extension JSONItem {
    /// A difference between the record and another side: an item of `compare`.
    ///
    /// - Parameters:
    ///   - drift: The difference.
    ///   - render: Renders a remedy for the reader of the item.
    public static func drift(
        _ drift: Drift, rendering render: RemedyRenderer = RenderedRemedy.nothing
    ) -> JSONItem {
        JSONItem { json in
            json.member("domain", drift.domain)
            json.member("checkpoint", drift.checkpoint)
            json.member("drift", drift.kind.rawValue)
            json.member("differs", drift.fields.map(\.rawValue))
            json.side("recorded", drift.recorded, drift.current?.recorded)
            json.side("observed", drift.observed, drift.current?.observed)
            json.remedies(drift.remedies, render)
        }
    }

    /// The conclusion of a pull for a domain: an item of `pull`.
    ///
    /// - Parameters:
    ///   - domain: The conclusion.
    ///   - render: Renders a remedy for the reader of the item.
    public static func pulled(
        _ domain: PulledDomain, rendering render: RemedyRenderer = RenderedRemedy.nothing
    ) -> JSONItem {
        JSONItem { json in
            json.member("domain", domain.domain)
            json.member("uuid", domain.uuid?.description)
            json.member("commit", domain.commit)
            json.sequence(domain.sequences)
            json.member(
                "events",
                domain.events.map { event in
                    JSONItem { json in
                        json.member("kind", event.kind.rawValue)
                        json.member("checkpoint", event.checkpointName)
                    }
                })
            json.member("result", domain.result.rawValue)
            json.member("findings", domain.findings.map { finding($0, rendering: render) })
        }
    }

    /// The result of a push for a checkpoint: an item of `push`.
    public static func pushed(_ checkpoint: PushedCheckpoint) -> JSONItem {
        JSONItem { json in
            json.member("domain", checkpoint.domain)
            json.member("checkpoint", checkpoint.checkpoint)
            json.member("result", checkpoint.result.rawValue)
            json.member("disk", checkpoint.disk)
            json.member("bitmap", checkpoint.bitmap)
            json.member("message", checkpoint.message)
        }
    }
}

extension JSONText {
    /// Writes a checkpoint's metadata, or the name of a current one.
    fileprivate mutating func side(
        _ name: StaticString, _ checkpoint: Checkpoint?, _ current: CheckpointName?
    ) {
        guard let checkpoint else { return member(name, current) }
        member(
            name,
            JSONItem { json in
                json.member("creationTime", checkpoint.creationTime.seconds)
                json.member("parent", checkpoint.parent)
                json.member("description", checkpoint.description)
            })
    }
}
