public import EventLog
public import Moments

extension JSONItem {
    /// The status of a domain: an item of `status`.
    public static func status(_ status: DomainStatus) -> JSONItem {
        JSONItem { json in
            json.member("domain", status.name)
            json.member("checkpoints", status.checkpointCount)
            json.member("current", status.current)
            json.findings(status.findings)
            json.member(
                "lastEvent",
                status.lastEvent.map { last in
                    JSONItem { json in
                        json.member("sequence", last.sequence)
                        json.member("time", last.time.description)
                    }
                })
            json.member(
                "lastInspection",
                status.lastInspection.map { Timestamp(seconds: $0).rfc3339(fractionDigits: 0) })
            json.member("needFullBackup", status.needFullBackup)
            guard let observation = status.lastObservation else { return }
            json.member(
                "lastObservation",
                JSONItem { json in
                    json.member("uri", observation.connection.uri)
                    json.member("host", observation.connection.host)
                    json.member("time", observation.time.description)
                    json.member("lost", status.lost)
                })
        }
    }

    /// Whether a checkpoint stays, and why: an item of `prune`.
    public static func pruned(_ choice: RetentionChoice, of domain: Domain) -> JSONItem {
        JSONItem { json in
            json.member("domain", domain.name)
            json.member("checkpoint", choice.checkpoint.name)
            json.member("keep", choice.isKept)
            json.member("reasons", choice.reasons.map(\.words))
        }
    }

    /// The checkpoints of a pruning in a libvirt: items of `prune`. What could not be deleted is
    /// kept.
    public static func pruned(_ pruning: LivePruning) -> [JSONItem] {
        let remaining = Set(pruning.remaining)
        return pruning.pruning.choices.map { choice in
            JSONItem { json in
                let remains = remaining.contains(choice.checkpoint.name)
                json.member("domain", pruning.pruning.domain.name)
                json.member("checkpoint", choice.checkpoint.name)
                json.member("keep", choice.isKept || remains)
                json.member(
                    "reasons", choice.reasons.map(\.words) + (remains ? ["not deleted"] : []))
            }
        }
    }

    /// What a reversion changed, or would change: what `revert` prints.
    ///
    /// - Parameters:
    ///   - plan: The domain before it, and its events.
    ///   - outcome: Its outcome; nil if it was only planned.
    ///   - position: The end of the commit whose state the domain has again.
    /// - Throws: ``MomentlogError`` with `corrupt`, which no decided plan causes.
    public static func reverted(
        _ plan: RepairPlan, _ outcome: CommandOutcome?, to position: LogPosition
    ) throws(MomentlogError) -> JSONItem {
        let result = try plan.result()
        let rows = DifferenceRow.rows(of: GraphDifference(from: plan.domain, to: result))
        return JSONItem { json in
            json.member("domain", result.name)
            json.member("to", position.sequence)
            json.member("commit", outcome?.commit)
            json.sequence(outcome?.sequences)
            json.member("changes", rows.map(difference))
        }
    }
}

extension RetentionChoice.Reason {
    /// The reason for programs and for people.
    package var words: String {
        switch self {
        case .last: "last"
        case .hourly: "hourly"
        case .daily: "daily"
        case .weekly: "weekly"
        case .monthly: "monthly"
        case .yearly: "yearly"
        case .within: "within"
        case .named: "named"
        case .current: "current"
        case .lastValid(disk: let disk): "last valid on \(disk)"
        }
    }
}
