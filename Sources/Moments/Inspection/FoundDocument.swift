/// A document that was found somewhere and may hold a checkpoint.
public struct FoundDocument: Sendable, Hashable {
    /// Its path, for messages.
    public var place: String

    /// Its file name, by which documents are ordered.
    public var name: String

    /// The name that the file should have for its checkpoint; nil for any.
    public var expectedName: String?

    /// Whether it is in the domain's own folder, and so precedes documents elsewhere that hold a
    /// checkpoint of the same name.
    public var isPreferred: Bool

    /// The result of reading it.
    public var content: Content

    /// The result of reading a document.
    public enum Content: Sendable, Hashable {
        /// A checkpoint, whether it states that it is the current one, and the UUID in the
        /// definition that it holds.
        case checkpoint(Checkpoint, claimsCurrent: Bool, domainUUID: DomainUUID?)
        /// It should be a checkpoint, but cannot be read as one.
        case unreadable(reason: String)
        /// A checkpoint with a name that is not allowed.
        case invalidName(reason: String)
        /// Not a checkpoint, and nothing states that it should be one.
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
