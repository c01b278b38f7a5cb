import Momentlog
import Moments

/// The findings of a domain by checkpoint, for lists that mark errors.
struct FaultMarks {
    private let graph: MomentGraph
    private let findings: DomainFindings

    /// - Complexity: O(*n*) in the checkpoints, plus sorting what is found.
    init(_ domain: Domain) {
        graph = domain.graph
        findings = DomainFindings(domain)
    }

    private subscript(checkpoint: CheckpointName) -> [Finding.Kind] { findings[checkpoint] }

    /// Returns a checkpoint's findings, in a few words each; empty for a sound one.
    func words(of checkpoint: CheckpointName) -> [String] {
        self[checkpoint].compactMap { words(of: $0, checkpoint) }
    }

    /// Returns a checkpoint's findings as a mark, such as `! parent c3 is missing`.
    func mark(of checkpoint: CheckpointName) -> Table.Cell? {
        let words = words(of: checkpoint)
        guard !words.isEmpty else { return nil }
        let isError = self[checkpoint].contains { $0.severity == .error }
        return Table.Cell("! " + words.joined(separator: ", "), isError ? .red : .yellow)
    }

    private func words(of kind: Finding.Kind, _ checkpoint: CheckpointName) -> String? {
        let parent = graph.checkpoint(named: checkpoint)?.parent ?? "none"
        switch kind {
        case .selfParent: return "is its own parent"
        case .parentCycle:
            return "in a cycle" + (graph.isShownCut(checkpoint) ? ": parent \(parent)" : "")
        case .danglingParent: return "parent \(parent) is missing"
        case .multipleCurrent: return "one of several that claim to be current"
        case .nameReused: return "name was another checkpoint's"
        case .detachedByRepair:
            return "parent \(graph.detachedParent(of: checkpoint) ?? "none") was cut away"
        case .childOlderThanParent: return "older than its parent"
        case .duplicateDisk: return "names a disk twice"
        case .bitmapNameDiffers: return "bitmap has another name"
        // These are not about a checkpoint's own metadata.
        default: return nil
        }
    }
}
