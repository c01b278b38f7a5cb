import ArgumentParser
import Momentlog
import Moments

/// The request metadata of a command that appends.
struct SubmissionOptions: ParsableArguments {
    @OptionGroup var provenance: ProvenanceOptions

    @Option(
        help: ArgumentHelp(
            "Idempotency key: repeating a request with the same key returns the first result.",
            valueName: "id"))
    var requestId: String?

    @Option(
        help: ArgumentHelp(
            "Refuse if the domain is not at this revision, which 'momentlog domains --format json'"
                + " prints.", valueName: "revision"))
    var expectRevision: Int?

    var submission: Submission {
        var submission = provenance.submission
        submission.request = requestId
        submission.expectedRevision = expectRevision
        return submission
    }
}
