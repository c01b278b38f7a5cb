import ArgumentParser
import Foundation
import Momentlog

/// Who has a change made, and why.
struct ProvenanceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Who does this; by default $USER@host.", valueName: "name"))
    var actor: String?

    @Option(help: ArgumentHelp("Why this is done, for the audit trail.", valueName: "text"))
    var reason: String?

    var provenance: Provenance {
        Provenance(actor: actor ?? Self.defaultActor, reason: reason)
    }

    static var defaultActor: String {
        let named = ProcessInfo.processInfo.environment["USER"] ?? ""
        let user = named.isEmpty ? NSUserName() : named
        return "\(user)@\(ProcessInfo.processInfo.hostName)"
    }
}
