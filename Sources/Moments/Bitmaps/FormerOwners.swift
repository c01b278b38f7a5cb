/// The checkpoints that named bitmaps which no checkpoint names any more, from a domain's events:
/// by disk and bitmap, whatever the checkpoint's own name.
///
/// ```swift
/// var owners = FormerOwners(of: reconciliation, domainDisks: disks)
/// for recorded in events { owners.take(recorded) }
/// let owner = owners[judgement]
/// ```
public struct FormerOwners: Sendable {
    /// A checkpoint that named a bitmap, and the event that ended this.
    public struct Owner: Sendable, Hashable {
        /// The checkpoint's name.
        public let checkpoint: CheckpointName
        /// The event by which it was deleted, or redefined without the bitmap.
        public let departure: RecordedEvent
    }

    /// A bitmap of a disk, by the bytes of their names.
    private struct Place: Hashable {
        var disk: [UInt8]
        var bitmap: [UInt8]
    }

    private let disks: DiskTargets
    private let orphans: Set<Place>
    /// The bitmaps that each live checkpoint names, by the bytes of its name.
    private var named: [CheckpointName: [Place]] = [:]
    private var owners: [Place: Owner] = [:]

    /// Creates owners without events.
    ///
    /// - Parameters:
    ///   - reconciliation: The orphans whose checkpoints to find.
    ///   - domainDisks: The disks in the domain's definition, which identify those that a
    ///     checkpoint names by path; nil if it is not known.
    /// - Complexity: O(*n*) expected in the judgements and the disks.
    public init(of reconciliation: Reconciliation, domainDisks: [DomainDisk]? = nil) {
        disks = DiskTargets(domainDisks)
        var orphans: Set<Place> = []
        for judgement in reconciliation.judgements where judgement.verdict == .orphan {
            orphans.insert(Self.place(judgement.disk, judgement.bitmap, disks))
        }
        self.orphans = orphans
    }

    /// Appends the domain's next event.
    ///
    /// - Complexity: O(1) expected, plus the checkpoint's disks.
    public mutating func take(_ recorded: RecordedEvent) {
        switch recorded.event {
        case .checkpointCreated(let checkpoint),
            .checkpointRedefined(let checkpoint, claimsCurrent: _):
            let places = checkpoint.disks.filter { $0.mode == .bitmap }.map {
                Self.place($0.name, $0.bitmap ?? checkpoint.name.text, disks)
            }.filter(orphans.contains)
            note(checkpoint.name, names: places, since: recorded)
        case .checkpointDeleted(let name): note(name, names: [], since: recorded)
        case .domainDefined, .domainRenamed, .domainUndefined, .currentSet, .bitmapObserved,
            .findingAcknowledged, .settingsChanged, .lossAccepted:
            break
        }
    }

    /// The last checkpoint that named an orphan on its disk; nil if none did.
    ///
    /// - Complexity: O(1) expected.
    public subscript(judgement: Reconciliation.Judgement) -> Owner? {
        guard judgement.verdict == .orphan else { return nil }
        return owners[Self.place(judgement.disk, judgement.bitmap, disks)]
    }

    private mutating func note(
        _ checkpoint: CheckpointName, names places: [Place], since recorded: RecordedEvent
    ) {
        let before = named.removeValue(forKey: checkpoint) ?? []
        if !places.isEmpty { named[checkpoint] = places }
        for place in before where !places.contains(place) {
            owners[place] = Owner(checkpoint: checkpoint, departure: recorded)
        }
    }

    private static func place(_ disk: String, _ bitmap: String, _ disks: DiskTargets) -> Place {
        Place(disk: Array(disks.target(of: disk).utf8), bitmap: Array(bitmap.utf8))
    }
}
