/// What a head file told of a log that is not there any more.
public struct LostHead: Sendable, Hashable {
    /// The store that it told of, as a head's first line names it.
    public let origin: String

    /// How many events there were.
    public let size: Int

    /// The root of their Merkle tree, in base64.
    public let root: String

    /// Puts it together.
    public init(origin: String, size: Int, root: String) {
        self.origin = origin
        self.size = size
        self.root = root
    }
}
