import Momentlog
import Moments

/// Draws a graph as virsh does.
///
/// Each level is four columns deeper than the one above. So that a chain of *n* checkpoints does
/// not take *n*² characters, the drawing starts again at the left after every ``levelsAcross``
/// levels, each of its lines beginning with the number of levels left out.
struct TreeDrawing {
    /// The number of levels beside each other.
    static let levelsAcross = 32

    private let graph: MomentGraph
    private let marks: FaultMarks

    init(_ domain: Domain) {
        graph = domain.graph
        marks = FaultMarks(domain)
    }

    /// Draws all checkpoints, or the descendants of one.
    ///
    /// - Parameters:
    ///   - name: The checkpoint to draw from, or nil for all roots.
    ///   - depth: How many levels below the first to draw; nil for all.
    /// - Returns: False if there is no such checkpoint.
    func print(from name: CheckpointName?, depth limit: Int?) throws(MomentlogError) -> Bool {
        // For each level, whether a later sibling follows: its bar continues.
        var goesOn: [Bool] = []
        return try graph.forEachInTree(from: name) { (place) throws(MomentlogError) in
            if let limit, place.depth > limit { return }
            goesOn.removeLast(max(0, goesOn.count - place.depth))
            let isBranching = place.hasChildren && limit != place.depth
            let lead = Self.lead(goesOn.dropFirst())
            let output = StandardOutput.shared
            let mark = place.depth == 0 ? "" : "  +- "
            let fault = marks.mark(of: place.name).map { "  " + Terminal.styled($0.text, $0.style) }
            try output.print(lead + mark + Self.styled(place.name, graph) + (fault ?? ""))
            goesOn.append(!place.isLastSibling)
            let below = Self.lead(goesOn.dropFirst())
            if isBranching {
                try output.print(below + "  |")
            } else if place.isLastSibling || place.depth == 0 {
                try output.print(below)
            }
        }
    }

    private static func styled(_ name: CheckpointName, _ graph: MomentGraph) -> String {
        graph.current == name ? Terminal.styled(name.text, .green) : name.text
    }

    /// Returns the text before the mark of a node below these levels.
    private static func lead(_ goesOn: ArraySlice<Bool>) -> String {
        let levels = goesOn.count
        let left = levels - levels % levelsAcross
        var lead = left == 0 ? "" : "(\(left))"
        for goes in goesOn.suffix(levels - left) { lead += goes ? "  | " : "    " }
        return lead
    }
}
