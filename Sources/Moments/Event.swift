/// One immutable fact about a domain, or the store itself: the only thing that the log keeps.
///
/// Events are in the past tense and hold no rules. A command is decided first,
/// and the events that it led to are applied afterwards, so that applying them
/// again at any later time gives the same graph.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Event: Sendable, Hashable {
    /// A domain became known, or its UUID or definition changed. It is given
    /// whole: nil means not known. The name changes only where a domain that
    /// was undefined is defined again.
    case domainDefined(name: String, uuid: DomainUUID?, definition: DefinitionDigest?)
    /// The domain bears another name from now on.
    case domainRenamed(to: String)
    /// The domain is gone; its history stays.
    case domainUndefined
    /// A new checkpoint was made, naming its parent.
    case checkpointCreated(Checkpoint)
    /// A checkpoint's metadata was given from outside: new, or replacing one of
    /// that name. With `claimsCurrent` its document said that it is the current
    /// one while others said so too; the claim stands until the current pointer
    /// is set.
    case checkpointRedefined(Checkpoint, claimsCurrent: Bool)
    /// One checkpoint left the graph; its children moved to its parent.
    case checkpointDeleted(String)
    /// The current pointer moved to a checkpoint, or to none.
    case currentSet(String?)
    /// Somebody looked at a disk's images, and what became of a bitmap. Nothing changes by it
    /// but what is known last of a checkpoint's data.
    case bitmapObserved(BitmapObservation)
    /// Somebody took note of a finding that has no repair.
    case findingAcknowledged(Acknowledgement)
    /// A setting of the store changed. It is of no domain: it stands in the store's own stream.
    case settingsChanged(SettingsChange)
    /// The log went on although the head file told of more than it held. It is of no domain,
    /// either.
    case lossAccepted(LostHead)
}

extension Event {
    /// What kind of fact an event is.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case domainDefined, domainRenamed, domainUndefined
        case checkpointCreated, checkpointRedefined, checkpointDeleted
        case currentSet
        case bitmapObserved
        case findingAcknowledged
        case settingsChanged, lossAccepted

        /// Whether such events are about the store itself, and of no domain.
        public var isOfStore: Bool { self == .settingsChanged || self == .lossAccepted }
    }

    /// What kind of fact this is.
    public var kind: Kind {
        switch self {
        case .domainDefined: .domainDefined
        case .domainRenamed: .domainRenamed
        case .domainUndefined: .domainUndefined
        case .checkpointCreated: .checkpointCreated
        case .checkpointRedefined: .checkpointRedefined
        case .checkpointDeleted: .checkpointDeleted
        case .currentSet: .currentSet
        case .bitmapObserved: .bitmapObserved
        case .findingAcknowledged: .findingAcknowledged
        case .settingsChanged: .settingsChanged
        case .lossAccepted: .lossAccepted
        }
    }

    /// The name of the checkpoint that the event is about, if it is about one.
    public var checkpointName: String? {
        switch self {
        case .domainDefined, .domainRenamed, .domainUndefined: nil
        case .settingsChanged, .lossAccepted: nil
        case .checkpointCreated(let checkpoint): checkpoint.name
        case .checkpointRedefined(let checkpoint, claimsCurrent: _): checkpoint.name
        case .checkpointDeleted(let name): name
        case .currentSet(let name): name
        case .bitmapObserved(let observation): observation.checkpoint
        case .findingAcknowledged(let acknowledgement): acknowledgement.checkpoint
        }
    }

    /// The definition that the event names, if it names one.
    public var definition: DefinitionDigest? {
        switch self {
        case .domainDefined(name: _, uuid: _, definition: let digest): digest
        case .checkpointCreated(let checkpoint): checkpoint.definition
        case .checkpointRedefined(let checkpoint, claimsCurrent: _): checkpoint.definition
        default: nil
        }
    }
}

/// An event does not fit what came before it, which only a log that was altered
/// can bring about.
public struct InconsistentEvent: Error, Sendable, Hashable, CustomStringConvertible {
    /// What does not fit.
    public let description: String

    init(_ description: String) { self.description = description }
}
