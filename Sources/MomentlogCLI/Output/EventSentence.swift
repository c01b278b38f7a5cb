import Momentlog

/// Events in words.
enum EventSentence {
    static func text(_ event: Event) -> String {
        switch event {
        case .domainDefined: "domain defined"
        case .domainRenamed(to: let name): "domain renamed to \(name)"
        case .domainUndefined: "domain undefined"
        case .checkpointCreated(let checkpoint): "\(checkpoint.name) created"
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            "\(checkpoint.name) redefined" + (claims ? " (claims current)" : "")
        case .checkpointDeleted(let name): "\(name) deleted"
        case .currentSet(let name): name.map { "\($0) is current" } ?? "none is current"
        case .lossAccepted(let lost): "accepted that events up to \(lost.size) were lost"
        }
    }

    /// What comes is green, what goes is red.
    static func style(_ event: Event) -> Terminal.Style {
        switch event {
        case .checkpointCreated: .green
        case .checkpointRedefined, .domainRenamed: .yellow
        case .checkpointDeleted, .domainUndefined, .lossAccepted: .red
        case .domainDefined, .currentSet: .plain
        }
    }
}
