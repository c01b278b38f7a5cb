import Momentlog
import Moments

/// Draws a graph as `git log --graph` does: children above their parents, and a chain in one
/// column however long it is.
struct GraphDrawing {
    private let graph: MomentGraph
    private let marks: FaultMarks

    init(_ domain: Domain) {
        graph = domain.graph
        marks = FaultMarks(domain)
    }

    /// Draws all checkpoints.
    ///
    /// - Complexity: O(*n*) in the checkpoints, times the open branches beside each.
    func print() throws(MomentlogError) {
        var nodes: [(name: CheckpointName, depth: Int, hasChildren: Bool)] = []
        _ = graph.forEachInTree(from: nil) { place in
            nodes.append((place.name, place.depth, place.hasChildren))
        }
        // The depths of the checkpoints that wait for their parent, from the left.
        var lanes: [Int] = []
        // Parents come first in a tree, so backwards every child is above its parent.
        for node in nodes.reversed() {
            if node.hasChildren {
                var children = lanes.reversed().prefix { $0 == node.depth + 1 }.count
                while children > 1 {
                    lanes.removeLast()
                    children -= 1
                    try StandardOutput.shared.print(
                        String(repeating: "| ", count: lanes.count - 1) + "|/")
                }
                lanes.removeLast()
            }
            try StandardOutput.shared.print(
                String(repeating: "| ", count: lanes.count) + "* " + label(node.name))
            if node.depth > 0 { lanes.append(node.depth) }
        }
    }

    private func label(_ name: CheckpointName) -> String {
        let isCurrent = graph.current == name
        var parts = [Terminal.styled(name.text, isCurrent ? .green : .plain)]
        if let checkpoint = graph.checkpoint(named: name) {
            parts.append(LocalTime.text(checkpoint.creationTime))
        }
        if isCurrent { parts.append(Terminal.styled("(current)", .green)) }
        if let mark = marks.mark(of: name) { parts.append(Terminal.styled(mark.text, mark.style)) }
        return parts.joined(separator: "  ")
    }
}
