public import Moments

/// A request that was carried out, under its caller's own name for it, with the answer.
public struct RequestRecord: Sendable, Hashable {
    /// The caller's name for it, unique in the store.
    public var name: String
    /// What tells whether another request of that name asks for the same; empty where an
    /// earlier momentlog did not record it.
    public var fingerprint: [UInt8]
    /// The name that the domain bore after it.
    public var domain: String
    /// The commit that it led to; nil if nothing was to be appended.
    public var commit: Int?
    /// The first and the last sequence of what was appended; nil if nothing was.
    public var sequences: ClosedRange<Int>?
    /// The domain's revision after it.
    public var revision: Int
    /// The domain, for a record that is to be kept without a commit: it may bear another name by
    /// then. Nil for the live domain with the name, or the last that had it. What an engine gives
    /// back has none.
    public var domainID: DomainEntry.ID?

    /// Puts a record together.
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
    /// Refuses a name that no line could hold, and an answer that no domain has given.
    ///
    /// An engine calls it before it keeps a request by which nothing is appended. The name of one
    /// that a commit carries out is checked by ``EncodedCommit``.
    ///
    /// - Parameter revision: The revision of the domain ``domainID``, or without one of that named
    ///   ``domain``: the live one, or the last that had that name; nil if there is none.
    /// - Throws: ``MomentlogError`` with `usage`.
    /// - Complexity: O(*n*) in the bytes of the name.
    public func check(against revision: Int?) throws(MomentlogError) {
        try Provenance(actor: "-", request: name).check()
        guard let revision else {
            throw MomentlogError(
                .usage, "the request '\(name)' is of domain '\(domain)', which is not known")
        }
        guard self.revision > 0, self.revision <= revision else {
            throw MomentlogError(
                .usage,
                "the request '\(name)' is of revision \(self.revision) of domain '\(domain)', which"
                    + " has \(revision)")
        }
    }
}
