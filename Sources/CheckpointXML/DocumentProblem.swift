/// One problem of a document, with its position.
public struct DocumentProblem: Sendable, Hashable {
    /// The kinds of problems.
    public enum Kind: Sendable, Hashable {
        /// Not XML, or XML that is not allowed.
        case malformed
        /// Well-formed, but not allowed in a checkpoint document.
        case schema
        /// A checkpoint's name or its parent's is not allowed.
        case name
        /// An element of an existing checkpoint, in a document for a new one.
        case existingCheckpoint
    }

    /// The kind of problem.
    public let kind: Kind

    /// The line, from 1.
    public let line: Int

    /// The column in bytes of UTF-8, from 1; a byte order mark does not count.
    public let column: Int

    /// The element's or attribute's path, such as
    /// `/domaincheckpoint/disks/disk[2]/@checkpoint`; empty for the document.
    public let path: String

    /// What was found and what is allowed.
    public let message: String

    init(kind: Kind, line: Int, column: Int, path: String, message: String) {
        self.kind = kind
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }
}

/// The reasons why a document was refused.
public struct DocumentError: Error, Sendable, Hashable {
    /// The problems by position; at least one.
    public let problems: [DocumentProblem]

    /// The number of further problems that are not listed.
    public let suppressedCount: Int

    init(_ problems: [DocumentProblem], suppressedCount: Int = 0) {
        self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        self.suppressedCount = suppressedCount
    }

    init(
        _ kind: DocumentProblem.Kind, line: Int = 1, column: Int = 1, path: String = "",
        _ message: String
    ) {
        suppressedCount = 0
        problems = [
            DocumentProblem(kind: kind, line: line, column: column, path: path, message: message)
        ]
    }

    /// The first problem with its position, and the number of the others.
    public var summary: String {
        guard let first = problems.first else { return "not a checkpoint" }
        let others = problems.count - 1 + suppressedCount
        let more = others > 0 ? " (and \(others) more)" : ""
        return "line \(first.line), column \(first.column): \(first.message)\(more)"
    }
}
