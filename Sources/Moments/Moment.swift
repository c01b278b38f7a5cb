/// A checkpoint and how it stands in its graph.
public struct Moment: Sendable, Hashable {
    /// The checkpoint's metadata.
    public let checkpoint: Checkpoint

    /// Whether the next `create` takes it as its parent.
    public let isCurrent: Bool

    /// How many checkpoints have it as their parent.
    public let childCount: Int

    /// How many checkpoints there are below it in all.
    public let descendantCount: Int

    init(checkpoint: Checkpoint, isCurrent: Bool, childCount: Int, descendantCount: Int) {
        self.checkpoint = checkpoint
        self.isCurrent = isCurrent
        self.childCount = childCount
        self.descendantCount = descendantCount
    }
}
