/// The state that a head file recorded of a log that has since lost events.
public struct LostHead: Sendable, Hashable {
    /// The store that the head belongs to, as the head's first line names it.
    public let origin: String

    /// The number of events in the log at that time.
    public let size: Int

    /// The root of their Merkle tree, in base64.
    public let root: String

    /// Creates a lost head.
    public init(origin: String, size: Int, root: String) {
        self.origin = origin
        self.size = size
        self.root = root
    }
}
