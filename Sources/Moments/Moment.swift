/// A checkpoint and its position in the graph.
public struct Moment: Sendable, Hashable {
    /// The checkpoint's metadata.
    public let checkpoint: Checkpoint

    /// Whether the next `create` takes it as its parent.
    public let isCurrent: Bool

    /// The number of its children.
    public let childCount: Int

    /// The number of its descendants.
    public let descendantCount: Int

    init(checkpoint: Checkpoint, isCurrent: Bool, childCount: Int, descendantCount: Int) {
        self.checkpoint = checkpoint
        self.isCurrent = isCurrent
        self.childCount = childCount
        self.descendantCount = descendantCount
    }
}
