/// A finding that somebody has acknowledged, since no repair exists for it.
public struct Acknowledgement: Sendable, Hashable {
    /// The kind of finding.
    public var finding: Finding.Kind

    /// The checkpoint that was found.
    public var checkpoint: String

    /// Creates an acknowledgement.
    public init(_ finding: Finding.Kind, of checkpoint: String) {
        self.finding = finding
        self.checkpoint = checkpoint
    }
}
