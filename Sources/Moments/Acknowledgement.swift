/// A finding that somebody has acknowledged, since no repair exists for it.
public struct Acknowledgement: Sendable, Hashable {
    /// The kind of finding.
    public var finding: Finding.Kind

    /// The checkpoint that was found.
    public var checkpoint: CheckpointName

    /// Creates an acknowledgement.
    public init(_ finding: Finding.Kind, of checkpoint: CheckpointName) {
        self.finding = finding
        self.checkpoint = checkpoint
    }
}
