/// A comparison of a domain's checkpoints with the bitmaps in its disk images.
///
/// It judges each checkpoint on each disk: one disk's data may be sound where another's is lost.
///
/// ```swift
/// var report = ImageReport()
/// try report.add(chain, of: "vda")
/// let reconciliation = Reconciliation(of: domain.graph, with: report)
/// for judgement in reconciliation.judgements { print(judgement.verdict, judgement.message) }
/// ```
public struct Reconciliation: Sendable, Hashable {
    /// The verdict on one bitmap.
    public struct Judgement: Sendable, Hashable {
        /// The checkpoint whose data it should hold; nil for an orphan.
        public let checkpoint: CheckpointName?
        /// The disk, as the checkpoint names it; of an orphan, as the report does.
        public let disk: String
        /// The bitmap's name.
        public let bitmap: String
        /// The verdict.
        public let verdict: BitmapVerdict
        /// The possible owner of an orphan, as far as the live checkpoints show; nil for other
        /// bitmaps.
        public let owner: BitmapOwner?
        /// The reason, in one sentence.
        public let message: String
        /// The images that have the bitmap, from the top down.
        public let holders: [DiskImage]
        /// The file that the guest writes to, if it was inspected.
        public let image: String?
        /// What is known of the guest.
        public let guest: GuestState
        /// Whether the bitmap is unusable and can be removed.
        let isDead: Bool
        /// The ways to find out what is not known.
        let inspections: [Remedy.Inspection]
    }

    /// What the next backup of a disk can be based on.
    public struct Outlook: Sendable, Hashable {
        /// The disk's target; a path if no definition tells the target.
        public let disk: String
        /// Whether its images were inspected.
        public let wasSeen: Bool
        /// The checkpoints whose data on the disk is valid, by creation time.
        public let bases: [CheckpointName]
        /// Whether there are checkpoints whose data on the disk may or may not be valid.
        public let isUncertain: Bool

        /// Whether it is known that no incremental backup of the disk can be made.
        public var needsFullBackup: Bool { wasSeen && bases.isEmpty && !isUncertain }
    }

    /// One for each checkpoint and disk that it covers, by creation time, then the orphans of each
    /// disk, by name.
    public let judgements: [Judgement]

    /// The disks that checkpoints cover, and those that were inspected.
    public let outlooks: [Outlook]

    /// By the checkpoint's name: its judgements, if all of its bitmaps can only be
    /// removed; else nothing.
    private let dead: [CheckpointName: [Judgement]]

    /// Whether every checkpoint has its data on every disk, and there are no orphans except those
    /// of running operations.
    public var isSound: Bool {
        judgements.allSatisfy { $0.verdict == .valid || $0.owner == .operation }
    }

    /// Compares a graph with a report.
    ///
    /// - Parameters:
    ///   - graph: The domain's checkpoints.
    ///   - report: The result of inspecting its images.
    ///   - domainDisks: The disks in the domain's definition, which show whether one was removed;
    ///     nil if it is not known.
    /// - Complexity: O(*n*) expected in checkpoints, disks and bitmaps, plus sorting.
    public init(
        of graph: MomentGraph, with report: ImageReport, domainDisks: [DomainDisk]? = nil
    ) {
        let disks = InspectedDisks(report, domainDisks)
        var outlooks = OutlookDraft(disks)
        var named = disks.indexes.map { _ in Set<[UInt8]>() }
        var judgements: [Judgement] = []
        var dead: [CheckpointName: [Judgement]] = [:]
        for name in graph.names() ?? [] {
            guard let checkpoint = graph.checkpoint(named: name) else { continue }
            var isDead = true
            var ofCheckpoint: [Judgement] = []
            for disk in checkpoint.disks where disk.mode == .bitmap {
                let bitmap = disk.bitmap ?? name.text
                let place = disks.place(of: disk.name)
                let judgement = disks.judgement(
                    of: name, disk: disk.name, bitmap: bitmap, at: place)
                if let place { named[place].insert(Array(bitmap.utf8)) }
                outlooks.note(judgement, target: disks.target(of: disk.name))
                isDead = isDead && judgement.isDead
                ofCheckpoint.append(judgement)
            }
            judgements += ofCheckpoint
            if isDead { dead[name] = ofCheckpoint }
        }
        let lostParents = Set(graph.missingParents.map { Array($0.text.utf8) })
        for (place, index) in disks.indexes.enumerated() {
            let orphans = index.names.filter { !named[place].contains($0) }
                .sorted { $0.lexicographicallyPrecedes($1) }
            for name in orphans {
                judgements.append(
                    disks.orphan(
                        String(decoding: name, as: UTF8.self), at: place,
                        isLostParent: lostParents.contains(name)))
            }
        }
        self.judgements = judgements
        self.outlooks = outlooks.finished
        self.dead = dead
    }

    /// Returns a checkpoint's judgements if none of its bitmaps can ever be used; else nothing.
    func deadJudgements(of checkpoint: CheckpointName) -> [Judgement] {
        dead[checkpoint] ?? []
    }
}

/// The outlook of each disk, built up judgement by judgement.
private struct OutlookDraft {
    private var names: [String] = []
    private var places: [[UInt8]: Int] = [:]
    private var wasSeen: [Bool] = []
    private var bases: [[CheckpointName]] = []
    private var isUncertain: [Bool] = []

    init(_ disks: InspectedDisks) {
        for entry in disks.report.entries {
            wasSeen[place(of: disks.target(of: entry.disk))] = true
        }
    }

    mutating func note(_ judgement: Reconciliation.Judgement, target: String) {
        let place = place(of: target)
        if judgement.verdict == .unknown { isUncertain[place] = true }
        guard judgement.verdict == .valid, let checkpoint = judgement.checkpoint else { return }
        bases[place].append(checkpoint)
    }

    private mutating func place(of name: String) -> Int {
        let key = Array(name.utf8)
        if let place = places[key] { return place }
        places[key] = names.count
        names.append(name)
        wasSeen.append(false)
        bases.append([])
        isUncertain.append(false)
        return names.count - 1
    }

    var finished: [Reconciliation.Outlook] {
        names.indices.sorted { names[$0] < names[$1] }.map {
            Reconciliation.Outlook(
                disk: names[$0], wasSeen: wasSeen[$0], bases: bases[$0],
                isUncertain: isUncertain[$0])
        }
    }
}
