/// An event with its position in the log and its provenance.
public struct RecordedEvent: Sendable, Hashable {
    /// Its position in the whole log, from 1, without gaps.
    public let sequence: Int
    /// The number of the commit that appended it, from 1, without gaps.
    public let commit: Int
    /// Its position in its domain's stream, from 1, without gaps.
    public let revision: Int
    /// The domain's name when it happened; nil for events about the store itself.
    public let domain: DomainReference?
    /// The time at which it was appended, never before that of the preceding event.
    public let time: Timestamp
    /// The time that the clock showed, if it had been set back behind the preceding event.
    public let clock: Timestamp?
    /// Who requested the commit, and why.
    public let provenance: Provenance
    /// How it was submitted.
    public let origin: Origin
    /// What happened.
    public let event: Event
    /// The domain's number in the log, from 1; nil in lines of earlier versions, and for events
    /// about the store itself.
    public let domainId: Int?
    /// The process that appended it; nil in lines of earlier versions.
    public let recorder: Recorder?

    /// Creates a recorded event.
    public init(
        sequence: Int, commit: Int, revision: Int, domain: DomainReference?, time: Timestamp,
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
