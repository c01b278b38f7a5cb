extension Reconciliation {
    /// Returns the remedies for a judgement; empty for a valid bitmap, and if no remedy is known
    /// that cannot destroy something of use.
    ///
    /// A bitmap is removed, and a checkpoint deleted, only if the bitmap is certainly unusable: the
    /// guest is shut off or the running QEMU itself reported it, all copies of the bitmap are
    /// inconsistent, and all can be removed. If the checkpoint's data on other disks may be sound,
    /// the checkpoint stays and no longer covers this disk. A disabled bitmap, a gap in a chain,
    /// and a bitmap that only a lower image has may still be of use: they have no remedy that
    /// removes them. Neither does any orphan.
    ///
    /// - Parameters:
    ///   - judgement: One of ``judgements``.
    ///   - owner: The owner of the orphan; nil for ``Judgement/owner``.
    ///   - domain: The domain's name.
    ///   - uuid: The domain's UUID, if it is known.
    /// - Complexity: O(1) expected, plus the checkpoint's disks and the images that have the
    ///   bitmap.
    public func remedies(
        for judgement: Judgement, owner: BitmapOwner? = nil, in domain: DomainReference,
        uuid: DomainUUID? = nil
    ) -> [Remedy] {
        switch judgement.verdict {
        case .valid, .notRecording, .gapInChain, .unsupportedFormat: []
        case .unknown: Remedy.steps(of: inspections(judgement, in: domain))
        case .orphan:
            Remedy.steps(of: recoveries(judgement, owner ?? judgement.owner, in: domain))
        case .missing, .inconsistent:
            Remedy.steps(of: removals(judgement, in: domain, uuid))
        }
    }

    private func inspections(_ judgement: Judgement, in domain: DomainReference) -> [Remedy.Cure] {
        judgement.inspections.map { inspection in
            let condition =
                switch inspection {
                case .runningGuest:
                    "the guest is running, and the file has its answer to query-named-block-nodes"
                case .imageFile: "the guest is shut off"
                }
            return Remedy.Cure(
                .inspect(domain: domain, disk: judgement.disk, inspection), if: condition)
        }
    }

    /// Returns how to bring the checkpoint of an orphan into the record.
    private func recoveries(
        _ judgement: Judgement, _ owner: BitmapOwner?, in domain: DomainReference
    ) -> [Remedy.Cure] {
        switch owner {
        case .lostParent:
            [
                Remedy.Cure(
                    .importFile(path: nil, domain: .named(domain), replaces: false),
                    if: "the file is that of '\(judgement.bitmap)'")
            ]
        case .unrecorded:
            [
                Remedy.Cure(
                    .record(domain: domain, checkpoint: CheckpointName(judgement.bitmap)),
                    if: "libvirt has checkpoint '\(judgement.bitmap)', and the file is its document"
                )
            ]
        case .deleted, .operation, .unknown, nil: []
        }
    }

    private func removals(
        _ judgement: Judgement, in domain: DomainReference, _ uuid: DomainUUID?
    ) -> [Remedy.Cure] {
        guard let checkpoint = judgement.checkpoint, judgement.isDead,
            let guest = Self.libvirtName(domain, uuid)
        else { return [] }
        let state = judgement.guest == .running ? "still runs" : "is still shut off"
        let ofCheckpoint = deadJudgements(of: checkpoint)
        guard ofCheckpoint.isEmpty else {
            return [
                Remedy.Cure(
                    destructive: [
                        .deleteCheckpoint(domain: guest, checkpoint: checkpoint, side: .libvirt),
                        .deleteCheckpoint(domain: domain, checkpoint: checkpoint, side: .record),
                    ] + ofCheckpoint.flatMap { Self.removals(of: $0, in: guest) },
                    if: "the guest \(state), and checkpoint '\(checkpoint)' is given up")
            ]
        }
        let disk = judgement.disk
        return [
            Remedy.Cure(
                destructive: [
                    .writeDocument(domain: domain, checkpoint: checkpoint, withoutDisk: disk),
                    .redefineWithoutDisk(
                        domain: guest, checkpoint: checkpoint, disk: disk, side: .libvirt),
                    .redefineWithoutDisk(
                        domain: domain, checkpoint: checkpoint, disk: disk, side: .record),
                ] + Self.removals(of: judgement, in: guest),
                if: "the guest \(state), and the data of checkpoint '\(checkpoint)' on disk"
                    + " '\(disk)' is given up")
        ]
    }

    /// The argument by which virsh identifies the domain: it takes a name of digits for the ID of
    /// whichever guest has it now. Nil if nothing else is known.
    private static func libvirtName(_ domain: DomainReference, _ uuid: DomainUUID?)
        -> DomainReference?
    {
        let isNumber = domain.text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        return isNumber ? uuid.map { DomainReference($0) } : domain
    }

    /// Returns the removal of the bitmap from each image that has it.
    private static func removals(of judgement: Judgement, in guest: DomainReference) -> [Remedy
        .Action]
    {
        judgement.holders.map { image in
            .removeBitmap(
                image.node.map { .node($0, domain: guest) }
                    ?? .file(
                        path: image.path, format: image.format, isEncrypted: image.isEncrypted),
                bitmap: judgement.bitmap)
        }
    }
}
