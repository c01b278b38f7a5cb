/// A document that may hold a checkpoint, as it was found somewhere.
public struct FoundDocument: Sendable, Hashable {
    /// Where it is, as a person would name it: the whole path of a file.
    public var place: String

    /// Its own name there, by which documents are put in order.
    public var name: String

    /// The name that it should bear for its checkpoint; nil if any will do.
    public var expectedName: String?

    /// Whether it is in the domain's own place, and so goes before documents elsewhere that hold
    /// a checkpoint of the same name.
    public var isPreferred: Bool

    /// What was read.
    public var content: Content

    /// What became of reading a document.
    public enum Content: Sendable, Hashable {
        /// A checkpoint, whether it says that it is the current one, and the UUID in the
        /// definition that it holds.
        case checkpoint(Checkpoint, claimsCurrent: Bool, domainUUID: DomainUUID?)
        /// It should be a checkpoint, but cannot be read as one.
        case unreadable(reason: String)
        /// A checkpoint with a name that is not allowed.
        case invalidName(reason: String)
        /// Not a checkpoint, and nothing says that it should be one.
        case stray(reason: String)
    }

    /// Creates a document.
    public init(
        place: String, name: String, expectedName: String? = nil, isPreferred: Bool = false,
        content: Content
    ) {
        self.place = place
        self.name = name
        self.expectedName = expectedName
        self.isPreferred = isPreferred
        self.content = content
    }
}
