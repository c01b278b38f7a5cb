/// The images of disks, found by the names that checkpoints give the disks.
struct InspectedDisks {
    let report: ImageReport
    let indexes: [BitmapIndex]
    private var places: [[UInt8]: Int] = [:]
    private let targets: DiskTargets

    init(_ report: ImageReport, _ domainDisks: [DomainDisk]?) {
        self.report = report
        targets = DiskTargets(domainDisks)
        indexes = report.entries.map { BitmapIndex($0, guest: report.guest(of: $0)) }
        for (place, entry) in report.entries.enumerated() { places[Array(entry.disk.utf8)] = place }
    }

    /// Returns the target of a disk that is named by its target or by its source's path.
    func target(of name: String) -> String { targets.target(of: name) }

    /// Returns the index of the disk's images in the report; nil if they were not inspected.
    func place(of name: String) -> Int? {
        places[Array(target(of: name).utf8)] ?? places[Array(name.utf8)]
    }

    /// Returns whether the domain's definition is known and has no such disk.
    func isGone(_ name: String) -> Bool { targets.isGone(name) }

    func judgement(
        of checkpoint: CheckpointName, disk: String, bitmap: String, at place: Int?
    ) -> Reconciliation.Judgement {
        guard let place else { return unseen(checkpoint, disk: disk, bitmap: bitmap) }
        let index = indexes[place]
        let definition = targets.disk(report.entries[place].disk) ?? targets.disk(disk)
        let validity = index.verdict(on: bitmap, disk: definition)
        return Reconciliation.Judgement(
            checkpoint: checkpoint, disk: disk, bitmap: bitmap, verdict: validity.verdict,
            owner: nil, message: validity.message, holders: index.holders(of: bitmap),
            image: index.chain.top.path, guest: index.guest,
            isDead: index.isDead(bitmap, validity.verdict, disk: definition),
            inspections: validity.verdict == .unknown ? index.inspections : [])
    }

    private func unseen(
        _ checkpoint: CheckpointName, disk: String, bitmap: String
    ) -> Reconciliation.Judgement {
        let isGone = isGone(disk)
        let definition = targets.disk(disk)
        let message =
            isGone
            ? "the domain has no disk '\(disk)' any more"
            : report.reason(for: target(of: disk)) ?? "no image of disk '\(disk)' was inspected"
        var inspections: [Remedy.Inspection] = []
        if !isGone {
            inspections = [.runningGuest]
            if let definition, definition.isPath, definition.offset == nil,
                let source = definition.source
            {
                inspections.append(.imageFile(path: source))
            }
        }
        return Reconciliation.Judgement(
            checkpoint: checkpoint, disk: disk, bitmap: bitmap, verdict: .unknown, owner: nil,
            message: message, holders: [], image: nil, guest: .unknown, isDead: false,
            inspections: inspections)
    }

    func orphan(
        _ bitmap: String, at place: Int, isLostParent: Bool
    ) -> Reconciliation.Judgement {
        let index = indexes[place]
        let holders = index.holders(of: bitmap)
        let found = index[Array(bitmap.utf8)]
        // Of several, the one that an operation uses, if any.
        let telling = found.first { $0.bitmap.isBusy || !$0.bitmap.isPersistent } ?? found.first
        return Reconciliation.Judgement(
            checkpoint: nil, disk: report.entries[place].disk, bitmap: bitmap, verdict: .orphan,
            owner: BitmapOwner(of: telling?.bitmap, isLostParent: isLostParent),
            message: "no checkpoint names bitmap '\(bitmap)' in"
                + " '\(holders.first?.path ?? index.chain.top.path)'",
            holders: holders, image: index.chain.top.path, guest: index.guest,
            isDead: false, inspections: [])
    }
}

extension BitmapIndex {
    /// Returns the images that have a bitmap of that name, from the top down.
    fileprivate func holders(of name: String) -> [DiskImage] {
        self[Array(name.utf8)].map { image(of: $0) }
    }

    /// Returns whether a bitmap is certainly unusable, and all of its copies can be removed.
    ///
    /// QEMU cannot remove a bitmap from an image that is open for reading only.
    fileprivate func isDead(
        _ name: String, _ verdict: BitmapVerdict, disk: DomainDisk?
    ) -> Bool {
        guard guest != .unknown, report.definedPath == nil, chain.isComplete, let disk,
            disk.isPath, !disk.isTransient
        else { return false }
        // An image that the definition does not name proves nothing about the disk.
        guard let source = disk.source, source.hasSameBytes(as: chain.top.path),
            guest == .running || (disk.offset == nil && chain.top.isNamedByPath),
            guest == .shutOff || report.isDefined
        else { return false }
        let found = self[Array(name.utf8)]
        switch verdict {
        case .missing: return found.isEmpty
        case .inconsistent:
            return found.allSatisfy { entry in
                let image = image(of: entry)
                let isRemovable =
                    guest == .shutOff
                    ? image.node == nil && image.isNamedByPath
                    : image.node != nil && entry.depth == 0 && !image.isReadOnly
                return entry.bitmap.isInconsistent && !entry.bitmap.isBusy && isRemovable
            }
        case .valid, .notRecording, .gapInChain, .unsupportedFormat, .unknown, .orphan: return false
        }
    }

    /// How to find out what the report does not show.
    fileprivate var inspections: [Remedy.Inspection] {
        let isOfFile = guest != .running
        guard !chain.images.contains(where: \.isCorrupt), report.definedPath == nil,
            isOfFile || chain.isComplete
        else { return [] }
        let top = chain.top
        return [.runningGuest] + (top.isNamedByPath ? [.imageFile(path: top.path)] : [])
    }
}
