public import EventLog
package import Moments

/// The metadata of a request: actor, reason, idempotency key, and what is expected of its domain.
public struct Submission: Sendable, Hashable {
    /// The actor: by convention `user@host`, or the name of a service.
    public var actor: String

    /// The reason, in the actor's words.
    public var reason: String?

    /// The idempotency key: the caller's identifier of this request, unique in the store. A retry
    /// with the same command, domain, arguments and creation time is not carried out again but gets
    /// the first answer; with others it is a `request-conflict`. Refused requests are not
    /// remembered.
    public var request: String?

    /// The revision that the domain is expected to have; nil for any. A domain that is not known
    /// yet has revision 0.
    public var expectedRevision: Int?

    /// The domain that is expected; nil for any. Another one may have got the name since it was
    /// looked up, and may even have the same revision: the command is refused then
    /// (`revision-conflict`).
    public var expectedDomain: DomainEntry.ID?

    /// Creates a submission.
    public init(
        actor: String, reason: String? = nil, request: String? = nil,
        expectedRevision: Int? = nil, expectedDomain: DomainEntry.ID? = nil
    ) {
        self.actor = actor
        self.reason = reason
        self.request = request
        self.expectedRevision = expectedRevision
        self.expectedDomain = expectedDomain
    }

    /// The part of it that the log records.
    package var provenance: Provenance {
        Provenance(actor: actor, reason: reason, request: request)
    }
}

extension Submission {
    /// Refuses an expected revision for a change that is not of one domain.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    func checkNoRevision() throws(MomentlogError) {
        guard expectedRevision == nil, expectedDomain == nil else {
            throw MomentlogError(
                .usage, "a change of the store itself expects nothing of a domain",
                hint: "leave the revision and the domain out")
        }
    }
}
