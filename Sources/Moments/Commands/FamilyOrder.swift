/// The order in which checkpoints are recorded that are given together: each after its parent,
/// siblings by creation time and name.
///
/// In a cycle one link is left out, the one that ``MomentGraph/resolveCycles()`` leaves out.
struct FamilyOrder {
    /// The indices of the checkpoints in their order.
    let indices: [Int]

    /// - Parameter checkpoints: The checkpoints, no two of one name.
    /// - Complexity: O(*n* log *n*). No recursion.
    init(_ checkpoints: [Checkpoint]) {
        var indexOfName: [CheckpointName: Int] = [:]
        for (index, checkpoint) in checkpoints.enumerated() { indexOfName[checkpoint.name] = index }
        var parents = checkpoints.map { $0.parent.flatMap { indexOfName[$0] } }
        for cut in Self.cuts(checkpoints, parents) { parents[cut] = nil }
        var children = [[Int]](repeating: [], count: checkpoints.count)
        var roots: [Int] = []
        let sorted = checkpoints.indices.sorted {
            let (left, right) = (checkpoints[$0], checkpoints[$1])
            return (left.creationTime, left.name) < (right.creationTime, right.name)
        }
        for index in sorted {
            if let parent = parents[index] {
                children[parent].append(index)
            } else {
                roots.append(index)
            }
        }
        var order: [Int] = []
        order.reserveCapacity(checkpoints.count)
        var pending = Array(roots.reversed())
        while let index = pending.popLast() {
            order.append(index)
            pending += children[index].reversed()
        }
        indices = order
    }

    /// Returns the member of each cycle whose link to its parent is left out.
    private static func cuts(_ checkpoints: [Checkpoint], _ parents: [Int?]) -> [Int] {
        var cuts: [Int] = []
        var walks = [Int](repeating: -1, count: checkpoints.count)
        for start in checkpoints.indices where walks[start] < 0 {
            var path: [Int] = []
            var next: Int? = start
            while let index = next, walks[index] < 0 {
                walks[index] = start
                path.append(index)
                next = parents[index]
            }
            guard let end = next, walks[end] == start, let first = path.firstIndex(of: end)
            else { continue }
            let cycle = path[first...]
            // A link to a younger parent is wrong.
            let wrongByTime = cycle.filter { index in
                parents[index].map {
                    checkpoints[$0].creationTime > checkpoints[index].creationTime
                } ?? false
            }
            let candidates = wrongByTime.isEmpty ? Array(cycle) : wrongByTime
            cuts +=
                candidates.min { checkpoints[$0].name < checkpoints[$1].name }.map { [$0] } ?? []
        }
        return cuts
    }
}
