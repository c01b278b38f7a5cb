/// A document that may hold a checkpoint, as it was found somewhere.
public struct FoundDocument: Sendable, Hashable {
    /// Where it is, as a person would name it: the whole path of a file.
    public var place: String

    /// Its own name there, by which documents are put in order.
    public var name: String

    /// The name that it should bear for its checkpoint; nil if any will do.
    public var expectedName: String?

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

    /// Puts a document together.
    public init(
        place: String, name: String, expectedName: String? = nil, content: Content
    ) {
        self.place = place
        self.name = name
        self.expectedName = expectedName
        self.content = content
    }
}
