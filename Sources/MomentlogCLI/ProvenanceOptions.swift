import ArgumentParser
import Momentlog
import Moments

/// Who requests a change, and why.
struct ProvenanceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who does this: a claim, recorded as given. By default the real user and host.",
            valueName: "name"))
    var actor: String?

    @Option(help: ArgumentHelp("Why this is done, for the audit trail.", valueName: "text"))
    var reason: String?

    var submission: Submission {
        Submission(actor: actor ?? Self.defaultActor, reason: reason)
    }

    /// `$USER` is no evidence of who runs the command.
    static var defaultActor: String { UserIdentity.current.actor }
}
