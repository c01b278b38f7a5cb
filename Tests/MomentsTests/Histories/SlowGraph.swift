@testable import Moments

/// The moment graph as obviously as it can be written: dictionaries, and every
/// question answered by looking at everything. Random histories are put to it and
/// to the real one.
struct SlowGraph {
    var checkpoints: [CheckpointName: Checkpoint] = [:]
    var claims: Set<CheckpointName> = []
    var recordedCurrent: CheckpointName?
    var healths: [CheckpointName: [String: BitmapObservation]] = [:]
    /// The missing parents that were cut away.
    var detached: [CheckpointName: CheckpointName] = [:]

    /// Takes a fact, or returns false if it does not fit.
    mutating func apply(_ event: Event) -> Bool {
        switch event {
        case .checkpointCreated(let checkpoint):
            if checkpoints[checkpoint.name] != nil { return false }
            checkpoints[checkpoint.name] = checkpoint
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claimsCurrent):
            var cut = checkpoints[checkpoint.name]
            let parent = cut?.parent
            cut?.parent = nil
            let isCut = parent.map { checkpoints[$0] == nil } == true && cut == checkpoint
            detached[checkpoint.name] = isCut ? parent : nil
            if let former = checkpoints[checkpoint.name] {
                // A verdict is on the data that the former metadata describe.
                let isSame = former.creationTime == checkpoint.creationTime
                healths[checkpoint.name] = (healths[checkpoint.name] ?? [:]).filter { disk, _ in
                    isSame && former.bitmap(on: disk) == checkpoint.bitmap(on: disk)
                }
            }
            checkpoints[checkpoint.name] = checkpoint
            claims.remove(checkpoint.name)
            if claimsCurrent { claims.insert(checkpoint.name) }
        case .checkpointDeleted(let name):
            guard let deleted = checkpoints.removeValue(forKey: name) else { return false }
            for (child, checkpoint) in checkpoints where checkpoint.parent == name {
                // Its own parent, or its child's child: there is nothing above.
                let isGone = deleted.parent == name || deleted.parent == child
                checkpoints[child]?.parent = isGone ? nil : deleted.parent
            }
            claims.remove(name)
            detached[name] = nil
            healths[name] = nil
            if recordedCurrent == name { recordedCurrent = nil }
        case .currentSet(let name):
            if let name, checkpoints[name] == nil { return false }
            recordedCurrent = name
            claims = []
        case .bitmapObserved(let seen):
            guard let name = seen.checkpoint else { return true }
            if checkpoints[name] == nil { return false }
            healths[name, default: [:]][seen.disk] = seen
        case .findingAcknowledged(let acknowledgement):
            return checkpoints[acknowledgement.checkpoint] != nil
        case .domainDefined, .domainRenamed, .domainUndefined, .settingsChanged, .lossAccepted:
            break
        }
        return true
    }

    /// What was seen last of a checkpoint, in words.
    func health(of name: CheckpointName) -> [String] {
        (healths[name] ?? [:]).filter { disk, _ in
            checkpoints[name]?.disks.contains { $0.name == disk && $0.mode == .bitmap } == true
        }.map { "\($0) \($1.verdict) \($1.observationTime)" }.sorted()
    }

    var names: [CheckpointName] { checkpoints.keys.sorted() }

    // MARK: Cycles

    /// The recorded parent, if that is there.
    func parent(of name: CheckpointName) -> CheckpointName? {
        checkpoints[name]?.parent.flatMap { checkpoints[$0] == nil ? nil : $0 }
    }

    /// The members of each cycle, from the smallest name up to its parents.
    var cycles: [[CheckpointName]] {
        names.compactMap { name in
            var members = [name]
            while let parent = parent(of: members[members.count - 1]), parent != name {
                members.append(parent)
                if members.count > checkpoints.count { return nil }
            }
            let isCycle = parent(of: members[members.count - 1]) == name
            return isCycle && members.min() == name ? members : nil
        }
    }

    /// The checkpoints whose link is left out: of each cycle the smallest of those
    /// whose parent is younger, or else the smallest.
    var cuts: Set<CheckpointName> {
        Set(
            cycles.compactMap { members in
                members.filter { isOlderThanParent($0) }.min() ?? members.min()
            })
    }

    func isOlderThanParent(_ name: CheckpointName) -> Bool {
        guard let parent = parent(of: name).flatMap({ checkpoints[$0] }),
            let checkpoint = checkpoints[name]
        else { return false }
        return parent.creationTime > checkpoint.creationTime
    }

    var dangling: [CheckpointName] {
        names.filter { checkpoints[$0]?.parent != nil && parent(of: $0) == nil }
    }

    var hasErrors: Bool { !dangling.isEmpty || !cycles.isEmpty || claims.count > 1 }

    var current: CheckpointName? { hasErrors ? nil : recordedCurrent }

    // MARK: The tree that is shown

    func inOrder(_ names: [CheckpointName]) -> [CheckpointName] {
        names.sorted {
            (checkpoints[$0]?.creationTime ?? 0, $0) < (checkpoints[$1]?.creationTime ?? 0, $1)
        }
    }

    /// The children of a checkpoint, or the roots.
    func children(of name: CheckpointName?) -> [CheckpointName] {
        let cuts = cuts
        return inOrder(names.filter { (cuts.contains($0) ? nil : parent(of: $0)) == name })
    }

    /// All below a checkpoint, or all: parents before children.
    func descendants(of name: CheckpointName?) -> [CheckpointName] {
        children(of: name).flatMap { [$0] + descendants(of: $0) }
    }

    var tree: String { words(below: nil, depth: 0).joined(separator: " ") }

    private func words(below name: CheckpointName?, depth: Int) -> [String] {
        children(of: name).flatMap { child in
            [String(repeating: ".", count: depth) + child.text]
                + words(below: child, depth: depth + 1)
        }
    }

    // MARK: What is wrong

    /// The findings by kind and checkpoints, sorted.
    var faults: [String] {
        var faults: [(Finding.Kind, [CheckpointName])] = cycles.map {
            ($0.count == 1 ? .selfParent : .parentCycle, $0)
        }
        faults += dangling.map { (.danglingParent, [$0]) }
        for (child, parent) in detached
        where checkpoints[parent] != nil && !([child] + descendants(of: child)).contains(parent) {
            faults.append((.detachedByRepair, [child]))
        }
        if claims.count > 1 { faults.append((.multipleCurrent, claims.sorted())) }
        for name in names {
            let disks = checkpoints[name]?.disks ?? []
            for (_, group) in Dictionary(grouping: disks, by: \.name) where group.count > 1 {
                faults.append((.duplicateDisk, [name]))
            }
            if disks.contains(where: { $0.mode == .bitmap && ($0.bitmap ?? name.text) != name.text }
            ) {
                faults.append((.bitmapNameDiffers, [name]))
            }
            if isOlderThanParent(name) { faults.append((.childOlderThanParent, [name])) }
        }
        if !checkpoints.isEmpty, libvirtCurrent != recordedCurrent {
            let both = [recordedCurrent, libvirtCurrent].compactMap { $0 }
            faults.append((.libvirtCurrentDiffers, both))
        }
        let kinds = Finding.Kind.allCases
        return faults.sorted { left, right in
            left.0 == right.0
                ? left.1.lexicographicallyPrecedes(right.1)
                : kinds.firstIndex(of: left.0) ?? 0 < kinds.firstIndex(of: right.0) ?? 0
        }.map { ([$0.0.rawValue] + $0.1.map(\.text)).joined(separator: " ") }
    }

    /// The only leaf, if there is one root, no fork and no broken link.
    var libvirtCurrent: CheckpointName? {
        let isChain =
            cycles.isEmpty && dangling.isEmpty && children(of: nil).count == 1
            && names.allSatisfy { children(of: $0).count < 2 }
        return isChain ? names.first { children(of: $0).isEmpty } : nil
    }
}
