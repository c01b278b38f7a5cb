public import Moments

/// A domain's definition and the digest of its content, which is computed once.
public struct Definition: Sendable, Hashable {
    /// The SHA-256 of its content.
    public let digest: DefinitionDigest

    /// The bytes of its `<domain>` element.
    public let content: [UInt8]

    /// Creates a definition from its content.
    ///
    /// - Complexity: O(*n*) in the bytes.
    public init(_ content: [UInt8]) {
        digest = DefinitionDigest(of: content)
        self.content = content
    }

    /// Returns whether two definitions have the same digest.
    public static func == (one: Definition, other: Definition) -> Bool {
        one.digest == other.digest
    }

    /// Hashes the digest.
    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
