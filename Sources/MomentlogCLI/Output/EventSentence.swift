import Momentlog
import Moments

/// Events in words.
enum EventSentence {
    /// Returns a recorded event in words: a checkpoint from an import was not defined here before.
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

    /// Red for lost, yellow for unknown or unwanted.
    static func style(_ verdict: BitmapVerdict) -> Terminal.Style {
        switch verdict {
        case .valid: .green
        case .unknown, .orphan: .yellow
        case .missing, .inconsistent, .notRecording, .gapInChain, .unsupportedFormat: .red
        }
    }

    /// Green for additions, red for deletions.
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
