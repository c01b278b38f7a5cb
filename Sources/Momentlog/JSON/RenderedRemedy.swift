public import Moments

/// Renders remedies for their reader: as a command line, a call of a service, or a link.
public typealias RemedyRenderer = (Remedy) -> RenderedRemedy

/// A remedy as the caller renders it.
public struct RenderedRemedy: Sendable, Hashable {
    /// The words of a command; empty if nothing is rendered.
    public var argv: [String]

    /// The words, or parts of words, that the reader has to replace.
    public var placeholders: [String]

    /// Creates a rendering.
    public init(argv: [String], placeholders: [String] = []) {
        self.argv = argv
        self.placeholders = placeholders
    }

    /// Renders nothing: the remedy's action states what to do.
    public static func nothing(_ remedy: Remedy) -> RenderedRemedy { RenderedRemedy(argv: []) }
}
