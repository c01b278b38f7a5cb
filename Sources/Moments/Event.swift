/// One immutable fact about a domain, or the store itself: the only thing that the log stores.
///
/// Events are in the past tense and contain no rules. A command is decided first, and the resulting
/// events are applied afterwards, so that applying them again at any later time gives the same
/// graph.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Event: Sendable, Hashable {
    /// A domain became known, or its UUID or definition changed. It states the whole identity: nil
    /// means not known. The name changes only when a domain that was undefined is defined again.
    case domainDefined(name: String, uuid: DomainUUID?, definition: DefinitionDigest?)
    /// The domain has another name from now on.
    case domainRenamed(to: String)
    /// The domain was removed; its history stays.
    case domainUndefined
    /// A new checkpoint was created, naming its parent.
    case checkpointCreated(Checkpoint)
    /// A checkpoint's metadata was supplied from outside: new, or replacing one of that name. With
    /// `claimsCurrent` its document stated that it is the current one while others did so too; the
    /// claim remains until the current pointer is set.
    case checkpointRedefined(Checkpoint, claimsCurrent: Bool)
    /// One checkpoint left the graph; its children moved to its parent.
    case checkpointDeleted(CheckpointName)
    /// The current pointer moved to a checkpoint, or to none.
    case currentSet(CheckpointName?)
    /// A disk's images were inspected: the verdict on one bitmap. Only the last known state of a
    /// checkpoint's data changes.
    case bitmapObserved(BitmapObservation)
    /// A finding that has no repair was acknowledged.
    case findingAcknowledged(Acknowledgement)
    /// A setting of the store changed. It belongs to no domain, but to the store's own stream.
    case settingsChanged(SettingsChange)
    /// The log was continued although the head file listed more events than it held. It belongs to
    /// no domain, either.
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

        /// Whether such events are about the store itself and not about a domain.
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
    public var checkpointName: CheckpointName? {
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

/// An event that does not fit the events before it, which only happens in a log that was altered.
public struct InconsistentEvent: Error, Sendable, Hashable, CustomStringConvertible {
    /// What does not fit.
    public let description: String

    init(_ description: String) { self.description = description }
}
