import Momentlog
import Moments

/// Events in words.
enum EventSentence {
    /// An event that was recorded: what came in with an import was not defined here before.
    static func text(_ recorded: RecordedEvent) -> String {
        switch (recorded.event, recorded.origin) {
        case (.checkpointRedefined(let checkpoint, claimsCurrent: let claims), .importedFile),
            (.checkpointRedefined(let checkpoint, claimsCurrent: let claims), .importedLibrary):
            "\(checkpoint.name) imported" + (claims ? " (claims current)" : "")
        default: text(recorded.event)
        }
    }

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
        case .bitmapObserved(let seen):
            (seen.checkpoint.map { "\($0) on \(seen.disk)" } ?? "\(seen.bitmap) on \(seen.disk)")
                + ": \(seen.verdict.rawValue)"
        case .findingAcknowledged(let acknowledgement):
            "\(acknowledgement.finding.rawValue) of \(acknowledgement.checkpoint) acknowledged"
        case .settingsChanged(let change):
            "\(change.setting.rawValue) turned \(change.new ? "on" : "off")"
        case .lossAccepted(let lost): "accepted that events up to \(lost.size) were lost"
        }
    }

    /// What is lost is red, what is not known or not wanted yellow.
    static func style(_ verdict: BitmapVerdict) -> Terminal.Style {
        switch verdict {
        case .valid: .green
        case .unknown, .orphan: .yellow
        case .missing, .inconsistent, .notRecording, .gapInChain, .unsupportedFormat: .red
        }
    }

    /// What comes is green, what goes is red.
    static func style(_ event: Event) -> Terminal.Style {
        switch event {
        case .checkpointCreated: .green
        case .checkpointRedefined, .domainRenamed, .settingsChanged: .yellow
        case .checkpointDeleted, .domainUndefined, .lossAccepted: .red
        case .domainDefined, .currentSet, .findingAcknowledged: .plain
        case .bitmapObserved(let seen): style(seen.verdict)
        }
    }
}
