import CheckpointXML
import EventLog
public import Moments

extension JSONItem {
    /// The answer of a command that appends, and of a line of `apply`.
    ///
    /// - Parameters:
    ///   - outcome: The outcome.
    ///   - request: The idempotency key, if the answer has to name it.
    public static func outcome(_ outcome: CommandOutcome, request: String? = nil) -> JSONItem {
        JSONItem { json in
            json.member("ok", true)
            json.outcome(outcome)
            if let request { json.member("request", request) }
        }
    }

    /// What a command would append, for `--dry-run`.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - request: The idempotency key, if the answer has to name it.
    public static func planned(_ plan: CommandPlan, request: String? = nil) -> JSONItem {
        JSONItem { json in
            json.member("ok", true)
            json.member("dryRun", true)
            json.outcome(plan.outcome)
            let first = plan.outcome.revision - plan.events.count + 1
            json.member(
                "events",
                plan.events.enumerated().map { offset, event in
                    planned(event, domain: plan.outcome.domain, revision: first + offset)
                })
            if let request { json.member("request", request) }
        }
    }

    /// An event that is only planned, without its position in the log and its provenance.
    public static func planned(_ event: Event, domain: DomainReference, revision: Int) -> JSONItem {
        var json = JSONText()
        EventLine.write(planned: event, domain: domain.text, revision: revision, to: &json)
        return JSONItem(json: json.text)
    }

    /// The result of `check --repair` for a domain.
    ///
    /// - Parameters:
    ///   - outcome: The outcome.
    ///   - change: The events of the repair; nil if they are no longer known.
    ///   - findings: What is still found.
    ///   - render: Renders a remedy for the reader of the item.
    public static func repaired(
        _ outcome: CommandOutcome, change: RepairPlan?, findings: [Finding],
        rendering render: RemedyRenderer = RenderedRemedy.nothing
    ) -> JSONItem {
        JSONItem { json in
            json.member("domain", outcome.domain)
            json.member("commit", outcome.commit)
            json.sequence(outcome.sequences)
            json.member("revision", outcome.revision)
            json.member("repeated", outcome.isRepeated)
            json.member("events", change.map(planned) ?? [])
            json.member("findings", findings.map { finding($0, rendering: render) })
        }
    }

    /// The events of a repair, in their order: the items of `check --dry-run`.
    public static func planned(_ plan: RepairPlan) -> [JSONItem] {
        plan.events.enumerated().map { offset, event in
            planned(
                event, domain: plan.domain.nameReference,
                revision: plan.domain.revision + offset + 1)
        }
    }

    /// An error: the last line of standard error, and the answer to a line of `apply` that is
    /// refused.
    ///
    /// - Parameter request: The idempotency key, if the answer has to name it.
    public static func error(_ error: MomentlogError, request: String? = nil) -> JSONItem {
        JSONItem { json in
            json.member("ok", false)
            json.error(error)
            if let request { json.member("request", request) }
        }
    }

    /// Why nothing of a library was imported.
    static func refusal(_ error: MomentlogError) -> JSONItem {
        JSONItem { $0.error(error) }
    }

    /// A warning: a line of standard error before the error, if there is one.
    public static func warning(code: String, _ message: String) -> JSONItem {
        notice(level: "warning", code: code, message)
    }

    /// A line of standard error of another level, such as `debug`.
    package static func notice(level: String, code: String, _ message: String) -> JSONItem {
        JSONItem { json in
            json.member("level", level)
            json.member("code", code)
            json.member("message", message)
        }
    }

    private static func problem(_ problem: DocumentProblem) -> JSONItem {
        JSONItem { json in
            json.member("line", problem.line)
            json.member("column", problem.column)
            json.member("path", problem.path)
            json.member("message", problem.message)
        }
    }

    fileprivate static func details(of error: MomentlogError) -> JSONItem {
        JSONItem { json in
            for detail in error.details {
                json.key(dynamic: detail.name)
                switch detail.value {
                case .text(let text): json.value(text)
                case .number(let number): json.value(number)
                case .texts(let texts):
                    json.array { json in for text in texts { json.value(text) } }
                }
            }
            guard let document = error.cause as? DocumentError,
                let first = document.problems.first
            else { return }
            json.member("line", first.line)
            json.member("column", first.column)
            json.member("problems", document.problems.map(problem))
        }
    }
}

extension JSONText {
    fileprivate mutating func outcome(_ outcome: CommandOutcome) {
        member("commit", outcome.commit)
        sequence(outcome.sequences)
        member("revision", outcome.revision)
        if let checkpoint = outcome.checkpoint { member("checkpoint", checkpoint) }
        member("repeated", outcome.isRepeated)
        if !outcome.findings.isEmpty { findings(outcome.findings.map(\.kind)) }
    }

    fileprivate mutating func error(_ error: MomentlogError) {
        member("code", error.code.rawValue)
        member("message", error.message)
        member("hint", error.hint)
        member("details", JSONItem.details(of: error))
    }
}
