public import Moments

/// A request that was carried out, with its idempotency key and its answer.
public struct RequestRecord: Sendable, Hashable {
    /// The idempotency key: the caller's identifier of the request, unique in the store.
    public var name: String
    /// Distinguishes requests with the same key; empty if an earlier momentlog did not record it.
    public var fingerprint: [UInt8]
    /// The domain's name after it.
    public var domain: String
    /// The commit that it led to; nil if nothing was appended.
    public var commit: Int?
    /// The first and the last sequence that were appended; nil if nothing was.
    public var sequences: ClosedRange<Int>?
    /// The domain's revision after it.
    public var revision: Int
    /// The domain, for a record that is to be stored without a commit: its name may have changed by
    /// then. Nil for the live domain with the name, or the last that had it. Engines return none.
    public var domainID: DomainEntry.ID?

    /// Creates a record.
    public init(
        name: String, fingerprint: [UInt8], domain: String, commit: Int? = nil,
        sequences: ClosedRange<Int>? = nil, revision: Int, domainID: DomainEntry.ID? = nil
    ) {
        self.name = name
        self.fingerprint = fingerprint
        self.domain = domain
        self.commit = commit
        self.sequences = sequences
        self.revision = revision
        self.domainID = domainID
    }
}

extension RequestRecord {
    /// Refuses a name that no line could contain, and an answer that no domain has given.
    ///
    /// An engine calls it before it stores a request that appends nothing. The name of one that a
    /// commit carries out is checked by ``EncodedCommit``.
    ///
    /// - Parameter revision: The revision of the domain ``domainID``, or without one of the domain
    ///   named ``domain``: the live one, or the last that had that name; nil if there is none.
    /// - Throws: ``MomentlogError`` with `usage`.
    /// - Complexity: O(*n*) in the bytes of the name.
    public func check(against revision: Int?) throws(MomentlogError) {
        try Provenance(actor: "-", request: name).check()
        guard let revision else {
            throw MomentlogError(
                .usage, "the request '\(name)' belongs to domain '\(domain)', which is not known")
        }
        guard self.revision > 0, self.revision <= revision else {
            throw MomentlogError(
                .usage,
                "the request '\(name)' belongs to revision \(self.revision) of domain '\(domain)', which"
                    + " has \(revision)")
        }
    }
}
