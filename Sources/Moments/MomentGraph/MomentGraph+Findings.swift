extension MomentGraph {
    /// All that is wrong with the graph, sorted; empty for a sound one.
    ///
    /// The same graph gives the same findings in the same order.
    ///
    /// - Parameter domain: The domain's name, for the findings to bear.
    /// - Complexity: O(*n*), plus sorting what was found. No recursion.
    public func findings(domain: String) -> [Finding] {
        var findings = cuts.map { cycleFinding(through: $0, domain) }
        if hasClaims { findings.append(claimsFinding(domain)) }
        var faultsOfDisks: [InternTable<[DiskEntry]>.ID: (twice: [String], named: [String])] = [:]
        for slot in liveSlots {
            let node = nodes[Int(slot)]
            let parent = nodes[Int(node.parent)]
            if parent.state == .missing {
                findings.append(danglingFinding(node, parent, domain))
            }
            if parent.state == .live, node.creationTime < parent.creationTime {
                findings.append(olderFinding(node, parent, domain))
            }
            guard let disks = diskLists[node.disks] else { continue }
            let faults =
                faultsOfDisks[node.disks]
                ?? (DiskEntry.namedTwice(in: disks), DiskEntry.withOtherBitmap(in: disks))
            faultsOfDisks[node.disks] = faults
            findings += faults.twice.map { diskFinding(node, twice: $0, domain) }
            if !faults.named.isEmpty {
                findings.append(bitmapFinding(node, disks: faults.named, domain))
            }
        }
        if let finding = libvirtFinding(domain) { findings.append(finding) }
        return findings.sorted()
    }

    private func cycleFinding(through slot: Slot, _ domain: String) -> Finding {
        let members = cycle(through: slot).map { nodes[Int($0)].name }
        guard members.count > 1,
            let smallest = members.indices.min(by: { members[$0] < members[$1] })
        else {
            return Finding(
                .selfParent, domain: domain, checkpoints: members,
                message: "checkpoint '\(members[0])' names itself as its parent",
                mend: Self.correction(domain, "with the right <parent>, or none, in the file"))
        }
        let ordered = Array(members[smallest...] + members[..<smallest])
        let ring = Self.ring(ordered)
        return Finding(
            .parentCycle, domain: domain, checkpoints: ordered,
            message: "\(members.count) checkpoints are each other's ancestors: \(ring);"
                + " '\(nodes[Int(slot)].name)' is shown as a root",
            mend: Self.correction(domain, "with the right <parent> in one of the files"))
    }

    /// A cycle from child to parent, its middle left out if it is long.
    private static func ring(_ names: [String]) -> String {
        let shown = names.count <= 8 ? names : names.prefix(5) + ["…"] + names.suffix(2)
        return (shown + names.prefix(1)).joined(separator: " <- ")
    }

    private func claimsFinding(_ domain: String) -> Finding {
        let claims = currentClaims
        let shown = claims.prefix(8).map { "'\($0)'" } + (claims.count > 8 ? ["…"] : [])
        return Finding(
            .multipleCurrent, domain: domain, checkpoints: claims,
            message: "\(claims.count) checkpoints claim to be current: "
                + shown.joined(separator: ", "),
            mend: "momentlog current \(ShellWord.quoted(domain)) NAME  (the one that is)")
    }

    private func danglingFinding(_ node: Node, _ parent: Node, _ domain: String) -> Finding {
        Finding(
            .danglingParent, domain: domain, checkpoints: [node.name],
            message: "the parent '\(parent.name)' of checkpoint '\(node.name)' is not there",
            mend: "momentlog import FILE --domain \(ShellWord.quoted(domain))"
                + "  (the file of '\(parent.name)')")
    }

    private func olderFinding(_ node: Node, _ parent: Node, _ domain: String) -> Finding {
        let times = [node, parent].map {
            Timestamp(seconds: $0.creationTime).rfc3339(fractionDigits: 0)
        }
        return Finding(
            .childOlderThanParent, domain: domain, checkpoints: [node.name],
            message: "checkpoint '\(node.name)' (\(times[0])) is older than its parent"
                + " '\(parent.name)' (\(times[1]))",
            mend: Self.correction(domain, "with the right <creationTime> or <parent> in the file"))
    }

    private func diskFinding(_ node: Node, twice disk: String, _ domain: String) -> Finding {
        Finding(
            .duplicateDisk, domain: domain, checkpoints: [node.name],
            message: "checkpoint '\(node.name)' names disk '\(disk)' twice",
            mend: Self.correction(domain, "with one <disk> for it in the file"))
    }

    private func bitmapFinding(_ node: Node, disks: [String], _ domain: String) -> Finding {
        let list = disks.map { "'\($0)'" }.joined(separator: ", ")
        return Finding(
            .bitmapNameDiffers, domain: domain, checkpoints: [node.name],
            message: "the bitmap of checkpoint '\(node.name)' bears another name on \(list)",
            mend: Self.correction(domain, "with bitmap='\(node.name)' in the file"))
    }

    private func libvirtFinding(_ domain: String) -> Finding? {
        let choice = libvirtCurrentAtStart
        guard !isEmpty, choice != recordedCurrent else { return nil }
        let now = recordedCurrent.map { "'\($0)'" } ?? "none"
        return Finding(
            .libvirtCurrentDiffers, domain: domain,
            checkpoints: [recordedCurrent, choice].compactMap(\.self),
            message: "the recorded current is \(now); libvirt would take"
                + " \(choice.map { "'\($0)'" } ?? "none") at its next start",
            mend: libvirtMend(domain))
    }

    private func libvirtMend(_ domain: String) -> String {
        guard recordedCurrentSlot != Self.none else {
            return "none is needed here; libvirt cannot be told that none is current"
        }
        return nodes[Int(recordedCurrentSlot)].childCount > 0
            ? "none is needed here; libvirt cannot be told of a current that has children"
            : "momentlog export \(ShellWord.quoted(domain)) --output DIR --script | sh"
                + "  (where libvirt has none of them)"
    }

    private static func correction(_ domain: String, _ how: String) -> String {
        "momentlog import FILE --replace --domain \(ShellWord.quoted(domain))  (\(how))"
    }
}

extension DiskEntry {
    /// The names that stand more than once in a list, each once.
    static func namedTwice(in disks: [DiskEntry]) -> [String] {
        // By bytes: a path in another Unicode form is another file.
        var seen: Set<[UInt8]> = []
        var twice: Set<[UInt8]> = []
        return disks.map(\.name).filter { name in
            let bytes = Array(name.utf8)
            return !seen.insert(bytes).inserted && twice.insert(bytes).inserted
        }
    }

    /// The disks whose bitmap bears another name than the checkpoint.
    static func withOtherBitmap(in disks: [DiskEntry]) -> [String] {
        disks.filter { disk in
            if case .named = disk.bitmap { return disk.mode == .bitmap }
            return false
        }.map(\.name)
    }
}
