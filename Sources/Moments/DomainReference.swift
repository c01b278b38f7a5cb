/// A reference to a domain: its name or its UUID, as a caller writes it.
///
/// A literal is a reference, so that `graph(of: "vm1")` needs no type; a name in a variable is
/// made one, so that a name of a checkpoint cannot take its place:
///
/// ```swift
/// let graph = try await store.graph(of: DomainReference(guest))
/// ```
///
/// Nothing is checked when it is created. Looking the domain up finds out whether there is one,
/// by UUID first if the text is one, then by name.
public struct DomainReference: Sendable {
    /// The name or UUID, as it was written.
    public let text: String

    /// Creates a reference from a name or a UUID.
    public init(_ text: String) { self.text = text }

    /// Creates a reference to the domain of a UUID.
    public init(_ uuid: DomainUUID) { text = uuid.description }

    /// The UUID, if the text is one.
    package var uuid: DomainUUID? { DomainUUID(text) }
}

extension DomainReference: Hashable {
    /// Whether two references consist of the same bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }
}

extension DomainReference: ExpressibleByStringInterpolation {
    /// Creates a reference from a literal.
    public init(stringLiteral text: String) { self.init(text) }
}

extension DomainReference: CustomStringConvertible {
    /// The name or UUID, as it was written.
    public var description: String { text }
}

extension DomainReference: Codable {
    /// Decodes a reference from its text.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the reference as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
