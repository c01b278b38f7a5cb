import ArgumentParser
import Momentlog

/// How a command that appends comes in.
struct SubmissionOptions: ParsableArguments {
    @OptionGroup var provenance: ProvenanceOptions

    @Option(
        help: ArgumentHelp(
            "Your own name for this request: if it comes again, it is answered, not done again.",
            valueName: "id"))
    var requestId: String?

    @Option(
        help: ArgumentHelp(
            "Refuse if the domain is not at this revision, as 'momentlog domains --format json'"
                + " tells it.", valueName: "revision"))
    var expectRevision: Int?

    var submission: Submission {
        let recorded = provenance.provenance
        return Submission(
            actor: recorded.actor, reason: recorded.reason, request: requestId,
            expectedRevision: expectRevision)
    }
}
