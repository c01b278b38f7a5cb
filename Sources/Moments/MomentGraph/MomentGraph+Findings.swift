extension MomentGraph {
    /// Returns all findings in the graph, sorted; empty for a sound one.
    ///
    /// The same graph gives the same findings in the same order.
    ///
    /// - Parameters:
    ///   - domain: The domain's name for the findings.
    ///   - files: The files that checkpoints were read from, by the checkpoint's name, for the
    ///     messages.
    /// - Complexity: O(*n*), plus sorting what was found. No recursion.
    public func findings(domain: DomainReference, files: [CheckpointName: String] = [:])
        -> [Finding]
    {
        let place = Place(domain: domain, files: files)
        var findings = cuts.map { cycleFinding(through: $0, place) }
        if hasClaims { findings.append(claimsFinding(place)) }
        var faultsOfDisks: [InternTable<[DiskEntry]>.ID: (twice: [String], named: [String])] = [:]
        for slot in liveSlots {
            let node = nodes[Int(slot)]
            let parent = nodes[Int(node.parent)]
            if parent.state == .missing {
                findings.append(danglingFinding(node, parent, place))
            }
            if parent.state == .live, node.creationTime < parent.creationTime {
                findings.append(olderFinding(node, parent, place))
            }
            guard let disks = diskLists[node.disks] else { continue }
            let faults =
                faultsOfDisks[node.disks]
                ?? (DiskEntry.namedTwice(in: disks), DiskEntry.withOtherBitmap(in: disks))
            faultsOfDisks[node.disks] = faults
            findings += faults.twice.map { diskFinding(node, twice: $0, place) }
            if !faults.named.isEmpty {
                findings.append(bitmapFinding(node, disks: faults.named, place))
            }
        }
        for slot in replacedTimes.keys {
            guard let time = replacedTime(at: slot) else { continue }
            findings.append(
                .nameReuse(
                    of: checkpoint(at: slot), replaced: time, domain: domain,
                    severity: Finding.Kind.nameReused.severity))
        }
        findings += reattachments.map {
            detachedFinding(nodes[Int($0.child)], nodes[Int($0.parent)], place)
        }
        if let finding = libvirtFinding(place) { findings.append(finding) }
        return findings.sorted()
    }

    private func cycleFinding(through slot: Slot, _ place: Place) -> Finding {
        let members = cycle(through: slot).map { nodes[Int($0)].name }
        guard members.count > 1,
            let smallest = members.indices.min(by: { members[$0] < members[$1] })
        else {
            return Finding(
                .selfParent, domain: place.domain, checkpoints: members,
                message: "checkpoint \(place.named(members[0])) names itself as its parent",
                remedies: Remedy.steps(of: [
                    Remedy.Cure(.repair(domain: place.domain, current: nil)),
                    Remedy.Cure(.reparent(domain: place.domain, checkpoint: members[0])),
                ]))
        }
        let ordered = Array(members[smallest...] + members[..<smallest])
        let (child, parent) = (nodes[Int(slot)], nodes[Int(nodes[Int(slot)].parent)])
        let why =
            child.creationTime < parent.creationTime
            ? ", since it is older (\(child.time)) than its parent '\(parent.name)'"
                + " (\(parent.time))"
            : ", the smallest name of those created at the same time (\(child.time))"
        let files = place.files(of: ordered)
        return Finding(
            .parentCycle, domain: place.domain, checkpoints: ordered,
            message: "\(members.count) checkpoints are each other's ancestors:"
                + " \(Self.ring(ordered)); '\(child.name)' is shown as a root\(why)"
                + (files.isEmpty ? "" : "; they are in \(files)"),
            remedies: Remedy.steps(of: [
                Remedy.Cure(.repair(domain: place.domain, current: nil)),
                Remedy.Cure(
                    .reparent(domain: place.domain, checkpoint: child.name),
                    if: "the parent is outside of the cycle"),
            ]))
    }

    /// Returns a cycle from child to parent, its middle omitted if it is long.
    private static func ring(_ names: [CheckpointName]) -> String {
        let names = names.map(\.text)
        let shown = names.count <= 8 ? names : names.prefix(5) + ["…"] + names.suffix(2)
        return (shown + names.prefix(1)).joined(separator: " <- ")
    }

    private func claimsFinding(_ place: Place) -> Finding {
        let claims = currentClaims
        let shown = claims.prefix(8).map { name in
            let time = liveSlot(named: name).map { nodes[Int($0)].time }
            return place.named(name, time)
        }
        return Finding(
            .multipleCurrent, domain: place.domain, checkpoints: claims,
            message: "\(claims.count) checkpoints claim to be current: "
                + (shown + (claims.count > 8 ? ["…"] : [])).joined(separator: ", "),
            remedies: claimRemedies(claims, place))
    }

    private func danglingFinding(_ node: Node, _ parent: Node, _ place: Place) -> Finding {
        Finding(
            .danglingParent, domain: place.domain, checkpoints: [node.name],
            message: "the parent '\(parent.name)' of checkpoint"
                + " \(place.named(node.name, node.time)) is missing",
            remedies: Remedy.steps(of: [
                Remedy.Cure(
                    .importFile(path: nil, domain: .named(place.domain), replaces: false),
                    if: "the file is that of '\(parent.name)'"),
                Remedy.Cure(
                    .repair(domain: place.domain, current: nil),
                    if: "the file of '\(parent.name)' cannot be found"),
            ]))
    }

    private func detachedFinding(_ node: Node, _ parent: Node, _ place: Place) -> Finding {
        Finding(
            .detachedByRepair, domain: place.domain, checkpoints: [node.name],
            message: "the parent '\(parent.name)' of checkpoint"
                + " \(place.named(node.name, node.time)) was missing when a repair cut it away, and"
                + " exists now (\(parent.time))",
            remedies: [
                Remedy(
                    .reattach(
                        domain: place.domain, checkpoint: node.name, parent: parent.name),
                    precondition: parent.creationTime > node.creationTime
                        ? "'\(parent.name)' is the parent though it is younger" : nil)
            ])
    }

    /// Returns the remedies that make the youngest claimant current, or another of the first few.
    private func claimRemedies(_ claims: [CheckpointName], _ place: Place) -> [Remedy] {
        let youngest = youngestClaim
        let others = claims.filter { $0 != youngest }.prefix(8)
        return Remedy.steps(
            of: [Remedy.Cure(.repair(domain: place.domain, current: nil))]
                + others.map {
                    Remedy.Cure(
                        .repair(domain: place.domain, current: $0), if: "'\($0)' is current")
                })
    }

    private func olderFinding(_ node: Node, _ parent: Node, _ place: Place) -> Finding {
        Finding(
            .childOlderThanParent, domain: place.domain, checkpoints: [node.name],
            message: "checkpoint \(place.named(node.name, node.time)) is older than its parent"
                + " \(place.named(parent.name, parent.time))",
            remedies: Self.correction(
                node, place, "the document has the right <creationTime> or <parent>"))
    }

    private func diskFinding(_ node: Node, twice disk: String, _ place: Place) -> Finding {
        Finding(
            .duplicateDisk, domain: place.domain, checkpoints: [node.name],
            message: "checkpoint \(place.named(node.name)) names disk '\(disk)' twice",
            remedies: Self.correction(node, place, "the document has one <disk> for '\(disk)'"))
    }

    private func bitmapFinding(_ node: Node, disks: [String], _ place: Place) -> Finding {
        let list = disks.map { "'\($0)'" }.joined(separator: ", ")
        return Finding(
            .bitmapNameDiffers, domain: place.domain, checkpoints: [node.name],
            message: "the bitmap of checkpoint \(place.named(node.name)) has another name on"
                + " \(list)",
            remedies: Self.correction(
                node, place, "the document has bitmap='\(node.name)', as the image does"))
    }

    /// Returns what libvirt would choose after an export: no file holds the current checkpoint.
    private func libvirtFinding(_ place: Place) -> Finding? {
        let choice = libvirtCurrentAtStart
        guard !isEmpty, choice != recordedCurrent else { return nil }
        let taken = choice.map { "'\($0)'" } ?? "none"
        return Finding(
            .libvirtCurrentDiffers, domain: place.domain,
            checkpoints: [recordedCurrent, choice].compactMap(\.self),
            message: recordedCurrent.map {
                "the recorded current is '\($0)'; libvirt would take \(taken) at its next start,"
                    + " so that an export's files alone would lose the recorded one"
            }
                ?? "the recorded current is none; libvirt would take \(taken) at its next start,"
                + " so that after an export \(taken) would be current there",
            remedies: recordedCurrent == nil
                ? choice.map {
                    [
                        Remedy(
                            .repair(domain: place.domain, current: $0),
                            precondition: "libvirt is right")
                    ]
                } ?? [] : [])
    }

    private static func correction(
        _ node: Node, _ place: Place, _ condition: String
    ) -> [Remedy] {
        Remedy.steps(of: [
            Remedy.Cure(.redefine(domain: place.domain, checkpoint: node.name), if: condition)
        ])
    }
}

extension MomentGraph {
    /// The place of a finding, for its message.
    fileprivate struct Place {
        let domain: DomainReference
        private let files: [CheckpointName: String]

        init(domain: DomainReference, files: [CheckpointName: String]) {
            self.domain = domain
            self.files = files
        }

        /// Returns a checkpoint's name with its time and file in parentheses.
        func named(_ name: CheckpointName, _ time: String? = nil) -> String {
            let evidence = [time, files[name]].compactMap(\.self).joined(separator: ", ")
            return "'\(name)'" + (evidence.isEmpty ? "" : " (\(evidence))")
        }

        /// Returns the files of checkpoints, the first few of many.
        func files(of names: [CheckpointName]) -> String {
            guard !files.isEmpty else { return "" }
            let known = names.lazy.compactMap { files[$0] }
            return known.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
        }
    }
}

extension MomentGraph.Node {
    fileprivate var time: String { Timestamp(seconds: creationTime).rfc3339(fractionDigits: 0) }
}

extension DiskEntry {
    /// Returns the names that a list contains more than once, each once.
    static func namedTwice(in disks: [DiskEntry]) -> [String] {
        // By bytes: a path in another Unicode form is another file.
        var seen: Set<[UInt8]> = []
        var twice: Set<[UInt8]> = []
        return disks.map(\.name).filter { name in
            let bytes = Array(name.utf8)
            return !seen.insert(bytes).inserted && twice.insert(bytes).inserted
        }
    }

    /// Returns the disks whose bitmap has another name than the checkpoint.
    static func withOtherBitmap(in disks: [DiskEntry]) -> [String] {
        disks.filter { disk in
            if case .named = disk.bitmap { return disk.mode == .bitmap }
            return false
        }.map(\.name)
    }
}
