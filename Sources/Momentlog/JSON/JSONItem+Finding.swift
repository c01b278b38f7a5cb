import EventLog
public import Moments

extension JSONItem {
    /// A finding: an item of `check`.
    ///
    /// - Parameters:
    ///   - finding: The finding.
    ///   - render: Renders a remedy for the reader of the item.
    public static func finding(
        _ finding: Finding, rendering render: RemedyRenderer = RenderedRemedy.nothing
    ) -> JSONItem {
        JSONItem { json in
            json.member("finding", finding.kind.rawValue)
            json.member("severity", finding.severity.rawValue)
            json.member("domain", finding.domain)
            json.member("checkpoints", finding.checkpoints)
            json.member("message", finding.message)
            json.remedies(finding.remedies, render)
        }
    }

    /// A remedy, as the caller renders it.
    static func remedy(_ remedy: Remedy, _ render: RemedyRenderer) -> JSONItem {
        let rendered = render(remedy)
        return JSONItem { json in
            json.member("action", remedy.action.name.rawValue)
            json.member("argv", rendered.argv)
            json.member("destructive", remedy.isDestructive)
            json.member("precondition", remedy.precondition)
            json.member("placeholders", rendered.placeholders)
            json.member("group", remedy.group)
            json.member("order", remedy.order)
        }
    }
}

extension JSONText {
    mutating func remedies(_ remedies: [Remedy], _ render: RemedyRenderer) {
        member("remedies", remedies.map { JSONItem.remedy($0, render) })
    }
}
