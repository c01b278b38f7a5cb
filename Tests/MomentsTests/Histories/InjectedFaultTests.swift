import Moments
import TestSupport
import Testing

struct InjectedFaultTests {
    /// What an obvious checker finds: each checkpoint's ancestors are looked up one by one.
    private static func obvious(
        _ checkpoints: [CheckpointName: Checkpoint], _ claims: Set<CheckpointName>
    )
        -> [String]
    {
        var faults: [String] = []
        for (name, checkpoint) in checkpoints {
            if let parent = checkpoint.parent {
                if let above = checkpoints[parent] {
                    if above.creationTime > checkpoint.creationTime {
                        faults.append("child-older-than-parent \(name)")
                    }
                } else {
                    faults.append("dangling-parent \(name)")
                }
            }
            var path = [name]
            while let next = checkpoints[path[path.count - 1]]?.parent, next != name,
                checkpoints[next] != nil, path.count < 12
            {
                path.append(next)
            }
            // No cycle that is put in is longer.
            if checkpoints[path[path.count - 1]]?.parent == name, path.min() == name {
                faults.append(
                    (path.count == 1 ? "self-parent " : "parent-cycle ")
                        + path.map(\.text).joined(separator: " "))
            }
            let disks = checkpoint.disks
            if Set(disks.map(\.name)).count < disks.count {
                faults.append("duplicate-disk \(name)")
            }
            if disks.contains(where: { $0.mode == .bitmap && $0.bitmap != name.text }) {
                faults.append("bitmap-name-differs \(name)")
            }
        }
        if claims.count > 1 {
            faults.append("multiple-current " + claims.sorted().map(\.text).joined(separator: " "))
        }
        return faults.sorted()
    }

    @Test(
        "Exactly the injected faults are found, and no error remains after the repair",
        arguments: Seeds.few, [2, 10, 100, 1_000, 10_000])
    func injected(seed: UInt64, size: Int) throws {
        var kinds: Set<String> = []
        for round in 0..<(size > 1_000 ? 1 : 8) {
            let place: Comment = "seed \(seed), size \(size), round \(round)"
            var injected = InjectedFaults(
                seed: seed &+ UInt64(round), size: size, count: max(2, size / 20))
            var domain = Domain(name: "vm1")
            try domain.apply(.domainDefined(name: "vm1", uuid: nil, definition: nil))
            for event in injected.events() { try domain.applyUnsettled(event) }
            domain.resolveCycles()
            try #require(
                Self.obvious(injected.checkpoints, injected.claims) == injected.faults, place)
            let found = domain.graph.faults.filter { !$0.hasPrefix("libvirt-current-differs") }
            try #require(found.sorted() == injected.faults, place)
            kinds.formUnion(found.map { String($0.prefix { $0 != " " }) })

            let events = try decide(.repair(Repair()), for: domain, in: .guest())
            var repaired = domain
            for event in events { try repaired.applyUnsettled(event) }
            repaired.resolveCycles()
            try #require(repaired.graph.errors == [], place)
            try #require(repaired.graph.brokenInvariants() == [], place)
            try #require(repaired.graph.count == size, place)
            // Each changed parent, and nothing else, is in the log.
            var expected: [CheckpointName: CheckpointName?] = [:]
            for case .checkpointRedefined(let checkpoint, claimsCurrent: _) in events {
                expected[checkpoint.name] = checkpoint.parent
            }
            for (name, checkpoint) in injected.checkpoints {
                let after = repaired.graph.checkpoint(named: name)
                let isMoved = after?.parent != checkpoint.parent
                try #require(isMoved == (expected[name] != nil), place)
                if isMoved { try #require(expected[name] == .some(after?.parent), place) }
            }
            try #require(decide(.repair(Repair()), for: repaired, in: .guest()) == [], place)
            let warnings = injected.faults.filter { fault in
                ["child-older", "duplicate", "bitmap"].contains { fault.hasPrefix($0) }
            }
            let left = repaired.graph.faults.filter { !$0.hasPrefix("libvirt") }
            try #require(left.sorted() == warnings, place)
        }
        // Else it would be too tame to show anything.
        if size >= 1_000 { #expect(kinds.count >= 6, "seed \(seed)") }
    }
}
