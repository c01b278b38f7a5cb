import Momentlog

/// Checking a graph of a million checkpoints beside building it.
enum CheckRatios {
    private static let size = 1_000_000

    /// The shapes in which a walk could go wrong, by the place of each one's parent.
    private static var shapes: [(name: String, parent: (Int) -> Int?)] {
        var random = SystemRandomNumberGenerator()
        return [
            ("check, chain", { $0 == 0 ? nil : $0 - 1 }),
            ("check, star", { $0 == 0 ? nil : 0 }),
            ("check, tree", { $0 == 0 ? nil : Int.random(in: 0..<$0, using: &random) }),
            ("check, one cycle", { $0 == 0 ? size - 1 : $0 - 1 }),
        ]
    }

    static func print() throws {
        for (name, parent) in shapes {
            let events = events(parent)
            var graph = MomentGraph()
            graph.reserveCapacity(size)
            try graph.apply(contentsOf: events)
            let built = graph
            try Ratio(
                name: name, goal: 1, rounds: 7,
                ours: { built.findings(domain: "vm").count + built.count },
                raw: {
                    var graph = MomentGraph()
                    graph.reserveCapacity(size)
                    try graph.apply(contentsOf: events)
                    return graph.count
                }
            ).print()
        }
    }

    private static func events(_ parent: (Int) -> Int?) -> [Event] {
        (0..<size).map { index in
            let name = "nightly-\(index)"
            return .checkpointRedefined(
                Checkpoint(
                    name: name, parent: parent(index).map { "nightly-\($0)" },
                    creationTime: 1_700_000_000 + Int64(index),
                    disks: [Disk(name: "vda", mode: .bitmap, bitmap: name)]),
                claimsCurrent: false)
        }
    }
}
