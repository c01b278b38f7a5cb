import EventLog
public import Moments

extension JSONItem {
    /// A finding: an item of `check`.
    ///
    /// - Parameter store: The store's file, for remedies that have to name it; nil for the default.
    public static func finding(_ finding: Finding, store: String? = nil) -> JSONItem {
        JSONItem { json in
            json.member("finding", finding.kind.rawValue)
            json.member("severity", finding.severity.rawValue)
            json.member("domain", finding.domain)
            json.member("checkpoints", finding.checkpoints)
            json.member("message", finding.message)
            json.remedies(finding.remedies, store: store)
        }
    }

    /// A remedy as a command.
    static func remedy(_ command: RemedyCommand) -> JSONItem {
        let remedy = command.remedy
        return JSONItem { json in
            json.member("action", remedy.action.name.rawValue)
            json.member("argv", command.argv)
            json.member("destructive", remedy.isDestructive)
            json.member("precondition", remedy.precondition)
            json.member("placeholders", command.placeholders)
            json.member("group", remedy.group)
            json.member("order", remedy.order)
        }
    }
}

extension JSONText {
    mutating func remedies(_ remedies: [Remedy], store: String?) {
        member("remedies", remedies.map { JSONItem.remedy(RemedyCommand($0, store: store)) })
    }
}
