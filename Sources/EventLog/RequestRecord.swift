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
    /// The checkpoint that it was about.
    public var checkpoint: String?

    /// Puts a record together.
    public init(
        name: String, fingerprint: [UInt8], domain: String, commit: Int? = nil,
        sequences: ClosedRange<Int>? = nil, revision: Int, checkpoint: String? = nil
    ) {
        self.name = name
        self.fingerprint = fingerprint
        self.domain = domain
        self.commit = commit
        self.sequences = sequences
        self.revision = revision
        self.checkpoint = checkpoint
    }
}
