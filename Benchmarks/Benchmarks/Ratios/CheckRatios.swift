import CRaw
import Foundation
import Momentlog
import Moments

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
        try printBuilding("build, chain") { $0 == 0 ? nil : $0 - 1 }
        try printBuilding("build, star") { $0 == 0 ? nil : 0 }
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

    /// Building a graph from its events beside a tree in arrays, in C.
    private static func printBuilding(_ name: String, _ parent: (Int) -> Int?) throws {
        let events = events(parent)
        let names = CStrings((0..<size).map { "nightly-\($0)" })
        let parents = CStrings((0..<size).map { parent($0).map { "nightly-\($0)" } })
        let (namePointers, parentPointers) = (names.pointers, parents.pointers)
        defer { withExtendedLifetime((names, parents)) {} }
        try Ratio(
            name: name, goal: 0, rounds: 7,
            ours: {
                var graph = MomentGraph()
                graph.reserveCapacity(size)
                try graph.apply(contentsOf: events)
                return graph.count
            },
            raw: {
                let reached = Int(raw_tree(namePointers, parentPointers, size))
                precondition(reached == size)
                return reached
            }
        ).print()
    }

    private static func events(_ parent: (Int) -> Int?) -> [Event] {
        (0..<size).map { index in
            let name: CheckpointName = "nightly-\(index)"
            return .checkpointRedefined(
                Checkpoint(
                    name: name, parent: parent(index).map { "nightly-\($0)" },
                    creationTime: CreationTime(seconds: 1_700_000_000 + Int64(index)),
                    disks: [Disk(name: "vda", mode: .bitmap, bitmap: name.text)]),
                claimsCurrent: false)
        }
    }
}

/// Texts as C has them; it is a class because it owns their memory.
private final class CStrings {
    private let texts: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String?]) { self.texts = texts.map { $0.flatMap { strdup($0) } } }

    deinit { for text in texts { free(text) } }

    var pointers: [UnsafePointer<CChar>?] { texts.map { $0.map { UnsafePointer($0) } } }
}
