import Momentlog
import Moments

/// How the checkpoints of a graph descend from each other.
enum Shape: String, CaseIterable {
    /// Each below the one before.
    case chain
    /// All below the first.
    case star
    /// A chain, and a leaf beside each of its links.
    case comb

    /// The checkpoints of a graph, parents before their children.
    func checkpoints(_ count: Int) -> some Sequence<Checkpoint> {
        (0..<count).lazy.map { index in
            let name = Self.name(index)
            return Checkpoint(
                name: name, parent: parent(of: index).map { Self.name($0) },
                creationTime: CreationTime(seconds: 1_700_000_000 + Int64(index)),
                disks: [Disk(name: "vda", mode: .bitmap, bitmap: name.text)])
        }
    }

    /// The name of a checkpoint: within the 15 bytes that a string keeps in itself.
    static func name(_ index: Int) -> CheckpointName { "nightly-\(index)" }

    private func parent(of index: Int) -> Int? {
        switch self {
        case _ where index == 0: nil
        case .chain: index - 1
        case .star: 0
        case .comb: index.isMultiple(of: 2) ? index - 2 : index - 1
        }
    }
}
