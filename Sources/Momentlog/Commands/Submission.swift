package import Moments

/// How a command comes in: who wants it, why, and on what condition.
public struct Submission: Sendable, Hashable {
    /// Who: by convention `user@host`, or the name of a service.
    public var actor: String

    /// Why, in the actor's words.
    public var reason: String?

    /// The caller's name for this one request, unique in the store. If it comes again, with
    /// the same command, domain, arguments and creation time, it is not carried out again but
    /// answered as at first; with others it is a `request-conflict`. Nothing is remembered of
    /// a request that was refused.
    public var request: String?

    /// The revision that the domain is expected to be at; nil for any. A domain that is
    /// not known yet is at 0.
    public var expectedRevision: Int?

    /// Makes a submission.
    public init(
        actor: String, reason: String? = nil, request: String? = nil,
        expectedRevision: Int? = nil
    ) {
        self.actor = actor
        self.reason = reason
        self.request = request
        self.expectedRevision = expectedRevision
    }

    /// What of it the log records.
    package var provenance: Provenance {
        Provenance(actor: actor, reason: reason, request: request)
    }
}

extension Submission {
    /// Refuses an expected revision where no one domain is changed.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    func checkNoRevision() throws(MomentlogError) {
        guard expectedRevision == nil else {
            throw MomentlogError(
                .usage, "a change of the store itself expects no revision of a domain",
                hint: "leave the revision out")
        }
    }
}
