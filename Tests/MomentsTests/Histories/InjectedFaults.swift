import Moments
import TestSupport

/// A sound random tree of checkpoints with faults put into it, and what they are.
struct InjectedFaults {
    private(set) var checkpoints: [CheckpointName: Checkpoint] = [:]
    private(set) var claims: Set<CheckpointName> = []

    /// What was put in, as ``MomentGraph/faults`` tells it.
    private(set) var faults: [String] = []

    private var generator: SplitMix64
    private var names: [CheckpointName] = []
    private var untouched: [CheckpointName] = []

    /// - Parameters:
    ///   - size: How many checkpoints there are.
    ///   - count: How many faults about.
    init(seed: UInt64, size: Int, count: Int) {
        generator = SplitMix64(seed: seed)
        names = (0..<size).map { "n\($0)" }.shuffled(using: &generator)
        for (number, name) in names.enumerated() {
            // Most in chains, as backups make them, some below anything.
            let above = isChosen(1, of: 4) ? Int.random(in: 0...number, using: &generator) : number
            checkpoints[name] = Checkpoint(
                name: name, parent: above == 0 ? nil : names[above - 1],
                creationTime: CreationTime(seconds: Int64(number) * 10),
                disks: [Disk(name: "vda", bitmap: name.text), Disk(name: "vdb", mode: .no)])
        }
        // Faults on leaves, each on its own leaf, so that none causes another.
        let parents = Set(checkpoints.values.compactMap(\.parent))
        untouched = names.filter { checkpoints[$0]?.parent != nil && !parents.contains($0) }
        for _ in 0..<count { inject() }
        injectClaims()
        faults.sort()
    }

    /// The events that make it, in an order of chance.
    mutating func events() -> [Event] {
        names.shuffled(using: &generator).compactMap { name in
            checkpoints[name].map {
                .checkpointRedefined($0, claimsCurrent: claims.contains(name))
            }
        }
    }

    private mutating func inject() {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
            guard let name = untouched.popLast() else { return }
            checkpoints[name]?.parent = "lost\(Int.random(in: 0..<3, using: &generator))"
            faults.append("dangling-parent \(name)")
        case 1:
            guard let name = untouched.popLast() else { return }
            checkpoints[name]?.parent = name
            faults.append("self-parent \(name)")
        case 2: injectCycle()
        case 3:
            guard let name = untouched.popLast() else { return }
            let parent = checkpoints[name]?.parent.flatMap { checkpoints[$0] }
            checkpoints[name]?.creationTime = CreationTime(
                seconds: (parent?.creationTime.seconds ?? 0) - 1)
            faults.append("child-older-than-parent \(name)")
        case 4:
            guard let name = untouched.popLast() else { return }
            checkpoints[name]?.disks.append(Disk(name: "vdb", mode: .no))
            faults.append("duplicate-disk \(name)")
        default:
            guard let name = untouched.popLast() else { return }
            checkpoints[name]?.disks[0].bitmap = "other"
            faults.append("bitmap-name-differs \(name)")
        }
    }

    private mutating func injectCycle() {
        let size = Int.random(in: 2...5, using: &generator)
        guard untouched.count >= size else { return }
        let members = untouched.suffix(size).map(\.self)
        untouched.removeLast(size)
        let times = members.compactMap { checkpoints[$0]?.creationTime }.sorted()
        for (index, name) in members.enumerated() {
            checkpoints[name]?.parent = members[(index + 1) % size]
            checkpoints[name]?.creationTime = times[0]
        }
        guard let smallest = members.min(), let first = members.firstIndex(of: smallest)
        else { return }
        let ordered = members[first...] + members[..<first]
        faults.append("parent-cycle " + ordered.map(\.text).joined(separator: " "))
    }

    private mutating func injectClaims() {
        guard isChosen(1, of: 2) else { return }
        claims = Set((0..<3).compactMap { _ in names.randomElement(using: &generator) })
        if claims.count > 1 {
            faults.append("multiple-current " + claims.sorted().map(\.text).joined(separator: " "))
        }
    }

    private mutating func isChosen(_ chances: Int, of all: Int) -> Bool {
        Int.random(in: 0..<all, using: &generator) < chances
    }
}
