public import Moments

/// Renders remedies for whoever reads them: a command line, a call of a service, a link.
public typealias RemedyRenderer = (Remedy) -> RenderedRemedy

/// A remedy in the words of whoever shows it.
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

    /// Renders nothing: the remedy's action says what to do.
    public static func nothing(_ remedy: Remedy) -> RenderedRemedy { RenderedRemedy(argv: []) }
}
