/// One thing that a check found.
public struct Finding: Sendable, Hashable {
    /// What a check can find. The raw values are stable: people and programs look
    /// for them.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        /// A checkpoint names itself as its parent.
        case selfParent = "self-parent"
        /// Checkpoints are each other's ancestors.
        case parentCycle = "parent-cycle"
        /// A checkpoint's parent is missing.
        case danglingParent = "dangling-parent"
        /// Several checkpoints claim to be current.
        case multipleCurrent = "multiple-current"
        /// Two files of an import hold different checkpoints of one name.
        case duplicateName = "duplicate-name"
        /// A file holds the definition of another domain.
        case foreignDomain = "foreign-domain"
        /// A file cannot be read as a checkpoint.
        case unreadableFile = "unreadable-file"
        /// A file names a checkpoint or its domain in a way that is not allowed.
        case invalidName = "invalid-name"
        /// A name came back with another creation time, and the deletion of the checkpoint that
        /// had it had not been recorded. An error when it happens, a warning until somebody
        /// acknowledges it.
        case nameReused = "name-reused"
        /// Recorded checkpoints are missing in a libvirt, and nothing shows that they were deleted.
        case lost
        /// A libvirt has another domain under a recorded domain's name.
        case otherDomain = "other-domain"
        /// A domain has a new name in a libvirt, which another recorded domain has.
        case nameTaken = "name-taken"
        /// A guest that is not running differs from the record, and was last seen elsewhere.
        case staleSource = "stale-source"
        /// A push that did not complete has left checkpoints elsewhere than below their parents.
        case unsettled
        /// Checkpoints that were pruned in the record alone are still in a libvirt.
        case unknownHere = "unknown-here"
        /// A parent that was missing when a repair cut it away exists now.
        case detachedByRepair = "detached-by-repair"
        /// A file or folder in a checkpoint folder that is not a checkpoint.
        case strayFile = "stray-file"
        /// A file is not named after the checkpoint in it.
        case nameDiffersFromFile = "name-differs-from-file"
        /// A checkpoint names a disk twice.
        case duplicateDisk = "duplicate-disk"
        /// A bitmap does not have its checkpoint's name.
        case bitmapNameDiffers = "bitmap-name-differs"
        /// A checkpoint was created before its parent.
        case childOlderThanParent = "child-older-than-parent"
        /// Libvirt would choose another current checkpoint at its next start.
        case libvirtCurrentDiffers = "libvirt-current-differs"
        /// A checkpoint is in the record, but not in the imported folder.
        case missingFromLibrary = "missing-from-library"
        /// Two files of an import hold the same checkpoint.
        case identicalCopy = "identical-copy"
        /// Only a folder's name says which domain its files belong to.
        case guessedDomain = "guessed-domain"
        /// An event has a time that the clock has not reached.
        case clockAhead = "clock-ahead"

        /// The severity of a finding of this kind in a check.
        public var severity: Severity {
            switch self {
            case .selfParent, .parentCycle, .danglingParent, .multipleCurrent, .duplicateName,
                .foreignDomain, .unreadableFile, .invalidName, .lost, .otherDomain, .nameTaken,
                .staleSource, .unsettled:
                .error
            case .nameReused, .unknownHere, .detachedByRepair, .strayFile, .nameDiffersFromFile,
                .duplicateDisk, .bitmapNameDiffers, .childOlderThanParent, .libvirtCurrentDiffers,
                .missingFromLibrary,
                .identicalCopy, .guessedDomain, .clockAhead:
                .warning
            }
        }
    }

    /// The severity of a finding.
    public enum Severity: String, Sendable, Hashable, CaseIterable, Codable {
        /// Something is lost or contradicts itself.
        case error
        /// Something unexpected, which needs no repair.
        case warning
    }

    /// What was found.
    public let kind: Kind

    /// The name of the domain, if the finding is about one.
    public let domain: DomainReference?

    /// The checkpoints at fault: the members of a cycle, the checkpoint whose parent is missing,
    /// all that claim to be current.
    public let checkpoints: [CheckpointName]

    /// What was found, in one sentence.
    public let message: String

    /// What fixes it, the preferred remedy first; empty if nothing has to be done, or no remedy is
    /// known.
    public package(set) var remedies: [Remedy]

    /// The severity.
    public let severity: Severity

    /// Creates a finding.
    ///
    /// - Parameters:
    ///   - kind: The kind of finding.
    ///   - domain: The name of the domain, if the finding is about one.
    ///   - checkpoints: The checkpoints at fault.
    ///   - message: What was found, in one sentence.
    ///   - remedies: What fixes it, the preferred remedy first.
    ///   - severity: The severity; nil for that of the kind.
    public init(
        _ kind: Kind, severity: Severity? = nil, domain: DomainReference?,
        checkpoints: [CheckpointName],
        message: String, remedies: [Remedy] = []
    ) {
        self.kind = kind
        self.severity = severity ?? kind.severity
        self.domain = domain
        self.checkpoints = checkpoints
        self.message = message
        self.remedies = remedies
    }
}

extension Finding: Comparable {
    /// Orders errors before warnings, then by kind as declared, by domain and by checkpoints.
    public static func < (left: Finding, right: Finding) -> Bool {
        if left.severity != right.severity { return left.severity == .error }
        if left.kind != right.kind {
            return left.kind.rank < right.kind.rank
        }
        if left.domain != right.domain {
            return (left.domain?.text ?? "") < (right.domain?.text ?? "")
        }
        if left.checkpoints != right.checkpoints {
            return left.checkpoints.lexicographicallyPrecedes(right.checkpoints)
        }
        return left.message < right.message
    }
}

extension Finding.Kind {
    /// Its position in the order, which sorting compares repeatedly.
    fileprivate var rank: Int {
        switch self {
        case .selfParent: 0
        case .parentCycle: 1
        case .danglingParent: 2
        case .multipleCurrent: 3
        case .duplicateName: 4
        case .foreignDomain: 5
        case .unreadableFile: 6
        case .invalidName: 7
        case .nameReused: 8
        case .lost: 9
        case .otherDomain: 10
        case .nameTaken: 11
        case .staleSource: 12
        case .unsettled: 13
        case .unknownHere: 14
        case .detachedByRepair: 15
        case .strayFile: 16
        case .nameDiffersFromFile: 17
        case .duplicateDisk: 18
        case .bitmapNameDiffers: 19
        case .childOlderThanParent: 20
        case .libvirtCurrentDiffers: 21
        case .missingFromLibrary: 22
        case .identicalCopy: 23
        case .guessedDomain: 24
        case .clockAhead: 25
        }
    }
}
