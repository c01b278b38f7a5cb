/// An event with its place in the log and its provenance.
public struct RecordedEvent: Sendable, Hashable {
    /// Its place in the whole log, from 1, without gaps.
    public let sequence: Int
    /// The number of the commit that appended it, from 1, without gaps.
    public let commit: Int
    /// Its place in its domain's stream, from 1, without gaps.
    public let revision: Int
    /// The domain's name when it happened; nil for what is about the store itself.
    public let domain: String?
    /// When it was appended. It is never before that of the event before it.
    public let time: Timestamp
    /// What the clock said, where it had been set back behind the event before.
    public let clock: Timestamp?
    /// Who had it appended, and why.
    public let provenance: Provenance
    /// By which door it came in.
    public let origin: Origin
    /// What happened.
    public let event: Event
    /// The domain's number in the log, from 1; nil in lines of earlier versions, and for what is
    /// about the store itself.
    public let domainId: Int?
    /// The process that appended it; nil in lines of earlier versions.
    public let recorder: Recorder?

    /// Puts a recorded event together.
    public init(
        sequence: Int, commit: Int, revision: Int, domain: String?, time: Timestamp,
        clock: Timestamp? = nil, provenance: Provenance, origin: Origin, event: Event,
        domainId: Int? = nil, recorder: Recorder? = nil
    ) {
        self.sequence = sequence
        self.commit = commit
        self.revision = revision
        self.domain = domain
        self.time = time
        self.clock = clock
        self.provenance = provenance
        self.origin = origin
        self.event = event
        self.domainId = domainId
        self.recorder = recorder
    }
}
