/// What a domain's checkpoints say of their data, held against what is in the images.
///
/// The unit of truth is a checkpoint on a disk: one disk's data may be sound where another's
/// is lost.
///
/// ```swift
/// var report = ImageReport()
/// try report.add(chain, of: "vda")
/// let reconciliation = Reconciliation(of: domain.graph, with: report)
/// for judgement in reconciliation.judgements { print(judgement.verdict, judgement.message) }
/// ```
public struct Reconciliation: Sendable, Hashable {
    /// What became of one bitmap.
    public struct Judgement: Sendable, Hashable {
        /// The checkpoint whose data it holds, or should; nil for an orphan.
        public let checkpoint: String?
        /// The disk, as the checkpoint names it; of an orphan, as the report does.
        public let disk: String
        /// The bitmap's name.
        public let bitmap: String
        /// What became of it.
        public let verdict: BitmapVerdict
        /// Why, in one sentence.
        public let message: String
        /// The images that hold the bitmap, from the top down.
        public let holders: [DiskImage]
        /// The file that the guest writes to, if it was looked at.
        public let image: String?
    }

    /// What the next backup of a disk can build on.
    public struct Outlook: Sendable, Hashable {
        /// The disk's target; a path if no definition tells the target.
        public let disk: String
        /// Whether its images were looked at.
        public let wasSeen: Bool
        /// The checkpoints whose data on the disk is valid, in the order of their creation.
        public let bases: [String]

        /// Whether no incremental backup of the disk can be made.
        public var needsFullBackup: Bool { wasSeen && bases.isEmpty }
    }

    /// One for each checkpoint and disk that it covers, in the order of their creation, then
    /// the orphans of each disk, by name.
    public let judgements: [Judgement]

    /// The disks that checkpoints cover, and those that were looked at.
    public let outlooks: [Outlook]

    /// By their names' bytes: the checkpoints whose data is valid, or may be, on some disk.
    private let usable: Set<[UInt8]>

    /// Whether every checkpoint has its data on every disk, and there is no orphan.
    public var isSound: Bool { judgements.allSatisfy { $0.verdict == .valid } }

    /// Compares.
    ///
    /// - Parameters:
    ///   - graph: The domain's checkpoints.
    ///   - report: What was seen of its images.
    ///   - domainDisks: The disks in the domain's definition, which tell whether one is gone;
    ///     nil if it is not known.
    /// - Complexity: O(*n*) expected in checkpoints, disks and bitmaps, plus sorting.
    public init(
        of graph: MomentGraph, with report: ImageReport, domainDisks: [DomainDisk]? = nil
    ) {
        let disks = ReportedDisks(report, domainDisks)
        var outlooks = OutlookDraft(disks)
        var named = disks.indexes.map { _ in Set<[UInt8]>() }
        var judgements: [Judgement] = []
        var usable: Set<[UInt8]> = []
        for name in graph.names() ?? [] {
            guard let checkpoint = graph.checkpoint(named: name) else { continue }
            for disk in checkpoint.disks where disk.mode == .bitmap {
                let bitmap = disk.bitmap ?? name
                let place = disks.place(of: disk.name)
                let judgement = disks.judgement(
                    of: name, disk: disk.name, bitmap: bitmap, at: place)
                if let place { named[place].insert(Array(bitmap.utf8)) }
                outlooks.note(judgement, target: disks.target(of: disk.name))
                if judgement.verdict == .valid || judgement.verdict == .unknown {
                    usable.insert(Array(name.utf8))
                }
                judgements.append(judgement)
            }
        }
        for (place, index) in disks.indexes.enumerated() {
            let orphans = index.names.filter { !named[place].contains($0) }
                .sorted { $0.lexicographicallyPrecedes($1) }
            for name in orphans {
                judgements.append(disks.orphan(String(decoding: name, as: UTF8.self), at: place))
            }
        }
        self.judgements = judgements
        self.outlooks = outlooks.finished
        self.usable = usable
    }

    /// Whether a checkpoint's data is valid on some disk, or may be.
    func isUsable(_ checkpoint: String) -> Bool { usable.contains(Array(checkpoint.utf8)) }
}

/// The images of disks, found by the names that checkpoints give these.
struct ReportedDisks {
    let report: ImageReport
    let indexes: [BitmapIndex]
    private var places: [[UInt8]: Int] = [:]
    private let targets: DiskTargets

    init(_ report: ImageReport, _ domainDisks: [DomainDisk]?) {
        self.report = report
        targets = DiskTargets(domainDisks)
        indexes = report.entries.map { BitmapIndex($0.chain) }
        for (place, entry) in report.entries.enumerated() { places[Array(entry.disk.utf8)] = place }
    }

    /// The target of a disk that is named by its target or by its source's path.
    func target(of name: String) -> String { targets.target(of: name) }

    /// Where the disk's images stand in the report; nil if they were not looked at.
    func place(of name: String) -> Int? {
        places[Array(target(of: name).utf8)] ?? places[Array(name.utf8)]
    }

    /// Whether the domain's definition is known, and has no such disk.
    func isGone(_ name: String) -> Bool { targets.isGone(name) }

    func judgement(
        of checkpoint: String, disk: String, bitmap: String, at place: Int?
    ) -> Reconciliation.Judgement {
        guard let place else {
            return Reconciliation.Judgement(
                checkpoint: checkpoint, disk: disk, bitmap: bitmap, verdict: .unknown,
                message: isGone(disk)
                    ? "the domain has no disk '\(disk)' any more"
                    : "no image of disk '\(disk)' was looked at",
                holders: [], image: nil)
        }
        let index = indexes[place]
        let (verdict, message) = index.verdict(on: bitmap)
        return Reconciliation.Judgement(
            checkpoint: checkpoint, disk: disk, bitmap: bitmap, verdict: verdict,
            message: message, holders: index.holders(of: bitmap), image: index.chain.top.path)
    }

    func orphan(_ bitmap: String, at place: Int) -> Reconciliation.Judgement {
        let index = indexes[place]
        let holders = index.holders(of: bitmap)
        return Reconciliation.Judgement(
            checkpoint: nil, disk: report.entries[place].disk, bitmap: bitmap, verdict: .orphan,
            message: "no checkpoint names bitmap '\(bitmap)' in"
                + " '\(holders.first?.path ?? index.chain.top.path)'",
            holders: holders, image: index.chain.top.path)
    }
}

extension BitmapIndex {
    /// The images that hold a bitmap of that name, from the top down.
    fileprivate func holders(of name: String) -> [DiskImage] {
        self[Array(name.utf8)].map { chain.images[$0.place] }
    }
}

/// The outlook of each disk as judgements come.
private struct OutlookDraft {
    private var names: [String] = []
    private var places: [[UInt8]: Int] = [:]
    private var wasSeen: [Bool] = []
    private var bases: [[String]] = []

    init(_ disks: ReportedDisks) {
        for entry in disks.report.entries {
            wasSeen[place(of: disks.target(of: entry.disk))] = true
        }
    }

    mutating func note(_ judgement: Reconciliation.Judgement, target: String) {
        let place = place(of: target)
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
        return names.count - 1
    }

    var finished: [Reconciliation.Outlook] {
        names.indices.sorted { names[$0] < names[$1] }.map {
            Reconciliation.Outlook(disk: names[$0], wasSeen: wasSeen[$0], bases: bases[$0])
        }
    }
}
