public import Moments

/// The options of a push.
public struct PushOptions: Sendable, Hashable {
    /// Whether it only reports what it would do.
    public var isDryRun: Bool
    /// Whether a running guest needs a sound bitmap for each disk of a checkpoint.
    public var validates: Bool
    /// Whether the documents contain the domain's definition.
    public var includesDomain: Bool
    /// Whether checkpoints that contradict the record are replaced.
    public var replaces: Bool
    /// Whether the current checkpoint becomes the recorded one, even one that has children.
    public var isExact: Bool

    /// Creates options.
    public init(
        isDryRun: Bool = false, validates: Bool = true, includesDomain: Bool = true,
        replaces: Bool = false, isExact: Bool = false
    ) {
        self.isDryRun = isDryRun
        self.validates = validates
        self.includesDomain = includesDomain
        self.replaces = replaces
        self.isExact = isExact
    }
}

/// The result of a push for one checkpoint.
public struct PushedCheckpoint: Sendable, Hashable {
    /// The domain's name in the record.
    public let domain: DomainReference
    /// The checkpoint.
    public let checkpoint: CheckpointName
    /// The result.
    public internal(set) var result: Result
    /// The disk whose bitmap is missing or broken, where libvirt names one.
    public internal(set) var disk: String?
    /// That bitmap.
    public internal(set) var bitmap: String?
    /// The reason, in libvirt's words or ours; nil if there is none.
    public internal(set) var message: String?

    /// The results. The raw values are stable.
    public enum Result: String, Sendable, Hashable, CaseIterable {
        /// libvirt has it now, as it is recorded.
        case pushed
        /// libvirt had it already, as it is recorded.
        case unchanged
        /// A bitmap is missing or broken.
        case broken
        /// libvirt has another one.
        case conflict
        /// libvirt refuses it.
        case refused
        /// The push stopped before it.
        case notTried = "not-tried"
    }
}

/// The result of a push for one domain.
public struct PushReport: Sendable {
    /// The domain's name in the record.
    public let domain: DomainReference
    /// The checkpoints in the order of the calls.
    public internal(set) var checkpoints: [PushedCheckpoint]
    /// Whether libvirt's current checkpoint is the recorded one, as far as its rules show.
    public internal(set) var keepsCurrent: Bool
    /// Whether libvirt checked the bitmaps of what was pushed.
    public internal(set) var isValidated: Bool
    /// Why the domain could not be observed: it changed during the push, or its guest does not
    /// answer; else nil.
    public internal(set) var busy: String?
    /// Whether checkpoints contradict the record, so that nothing was done.
    public var isConflict: Bool { checkpoints.contains { $0.result == .conflict } }
    /// Whether a name in libvirt is another checkpoint's than the recorded one's.
    public internal(set) var hasReused = false
    /// Whether libvirt has checkpoints that the record does not.
    public internal(set) var hasUnknown = false
    /// Whether libvirt has checkpoints that were pruned in the record alone.
    public internal(set) var hasPruned = false
    /// Whether anything was pushed.
    public var hasPushed: Bool { checkpoints.contains { $0.result == .pushed } }
    /// Whether all recorded checkpoints are in libvirt as they are recorded.
    public var isComplete: Bool {
        busy == nil && checkpoints.allSatisfy { $0.result == .pushed || $0.result == .unchanged }
    }
}
