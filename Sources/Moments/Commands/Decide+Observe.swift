extension Domain {
    /// Records the verdict on each bitmap that was inspected. An unknown verdict is not recorded:
    /// the last known one remains. Nor is the bitmap of a running operation, nor a verdict on a
    /// checkpoint that is older than the recorded one, unless it is a fault that may be as recent:
    /// clocks differ. A recorded time that is still to come is wrong, and does not count.
    func decideObserve(
        _ report: ImageReport, _ context: DecisionContext
    ) throws(MomentlogError) -> [Event] {
        let time = context.creationTime.seconds
        if let now = context.now?.seconds, time > now, time - now > Self.maximumClockDifference {
            throw .futureInspection(context.creationTime)
        }
        try graph.checkDisks(of: report, domainDisks: context.disks)
        return Reconciliation(of: graph, with: report, domainDisks: context.disks).judgements
            .filter { $0.verdict != .unknown && $0.owner != .operation }
            .filter { judgement in
                guard let later = graph.verdictTime(on: judgement), later > time,
                    later <= context.now?.seconds ?? .max
                else { return true }
                // The clock of the host that inspected them may be behind.
                return judgement.verdict != .valid && later - time <= Self.maximumClockDifference
            }
            .map { judgement in
                .bitmapObserved(
                    BitmapObservation(
                        checkpoint: judgement.checkpoint, disk: judgement.disk,
                        bitmap: judgement.bitmap, verdict: judgement.verdict,
                        image: judgement.image, observationTime: time))
            }
    }

    /// How far the clock of an inspecting host may be ahead or behind, in seconds.
    private static var maximumClockDifference: Int64 { 3_600 }
}

extension MomentGraph {
    /// Returns the time of the recorded verdict on the bitmap of a checkpoint; nil if there is none.
    ///
    /// - Complexity: O(*n*) in the checkpoint's disks.
    fileprivate func verdictTime(on judgement: Reconciliation.Judgement) -> Int64? {
        guard let name = judgement.checkpoint else { return nil }
        return health(of: name).first { $0.disk.hasSameBytes(as: judgement.disk) }?.observationTime
    }
}

extension MomentGraph {
    /// Refuses images of disks that neither the domain's definition nor a checkpoint names.
    ///
    /// - Throws: ``MomentlogError`` with `no-such-disk`.
    /// - Complexity: O(*n*) in the checkpoints and their disks.
    package func checkDisks(
        of report: ImageReport, domainDisks: [DomainDisk]?
    ) throws(MomentlogError) {
        var known = Set((domainDisks ?? []).map { Array($0.target.utf8) })
        diskLists.forEachInUse { _, list in
            for entry in list { known.insert(Array(entry.name.utf8)) }
        }
        for entry in report.entries where !known.contains(Array(entry.disk.utf8)) {
            throw .noDiskOfImage(
                entry.disk, known.map { String(decoding: $0, as: UTF8.self) }.sorted())
        }
    }
}

/// Refuses checkpoints whose data is not in the images.
///
/// All disks that a checkpoint covers are checked, except those that the domain's definition no
/// longer has: they may have been detached. Without a definition, none counts as detached. A disk
/// without an image is refused, where libvirt asks the running guest.
///
/// Source: `qemuCheckpointRedefineValidateBitmaps` in libvirt's `qemu_checkpoint.c`, as of libvirt
/// 9.0, which refuses guests that do not run, and looks for bitmaps of the checkpoint's name,
/// whatever the disk's attribute says.
package struct BitmapValidation {
    private let reported: InspectedDisks

    /// - Complexity: O(*n*) expected in the bitmaps.
    package init(_ report: ImageReport, domainDisks: [DomainDisk]?) {
        reported = InspectedDisks(report, domainDisks)
    }

    /// - Throws: ``MomentlogError`` with `inconsistent`.
    package func check(_ checkpoint: Checkpoint) throws(MomentlogError) {
        let name = checkpoint.name
        for disk in checkpoint.disks where disk.mode == .bitmap {
            let place = reported.place(of: disk.name)
            if place == nil, reported.isGone(disk.name) { continue }
            let judgement = reported.judgement(
                of: name, disk: disk.name, bitmap: disk.bitmap ?? name.text, at: place)
            guard judgement.verdict == .valid else {
                throw .brokenBitmap(judgement, of: name)
            }
        }
    }
}

extension MomentlogError {
    fileprivate static func noDiskOfImage(_ disk: String, _ known: [String]) -> MomentlogError {
        let most = 8
        let shown = known.prefix(most).map { "'\($0)'" }.joined(separator: ", ")
        return MomentlogError(
            .noSuchDisk, "no disk named '\(disk)' in the domain or its checkpoints",
            hint: known.isEmpty
                ? "record the domain's definition, which names its disks"
                : "there are \(shown)" + (known.count > most ? ", …" : ""))
    }

    fileprivate static func futureInspection(_ time: CreationTime) -> MomentlogError {
        MomentlogError(
            .usage,
            "images cannot have been inspected at"
                + " \(Timestamp(time).rfc3339(fractionDigits: 0)), which is in the future",
            hint: "correct 'at', or the clock of the host that inspected them")
    }

    fileprivate static func brokenBitmap(
        _ judgement: Reconciliation.Judgement, of checkpoint: CheckpointName
    ) -> MomentlogError {
        MomentlogError(
            .inconsistent,
            (judgement.verdict == .unknown
                ? "cannot validate bitmap" : "missing or broken bitmap")
                + " '\(judgement.bitmap)' for disk '\(judgement.disk)' of checkpoint"
                + " '\(checkpoint)': \(judgement.message)",
            hint: judgement.verdict == .unknown
                ? "give the running guest's own answer, or the image files of a guest that"
                    + " is shut off, with all their backing images"
                : "leave the checkpoint out, or give the disk checkpoint='no'")
    }
}
