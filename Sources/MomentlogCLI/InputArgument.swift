import Momentlog

/// A document that an argument names: a file's path, or '-' for standard input.
enum InputArgument {
    static func read(_ path: String) throws(MomentlogError) -> SourceDocument {
        try path == "-"
            ? SourceDocument(descriptor: 0, from: "standard input")
            : SourceDocument(contentsOf: path)
    }
}
