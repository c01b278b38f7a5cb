/// One thing that is wrong with a document, and where.
public struct DocumentProblem: Sendable, Hashable {
    /// What kind of problem it is.
    public enum Kind: Sendable, Hashable {
        /// Not XML, or XML that is not let in.
        case malformed
        /// Well-formed, but not what a checkpoint document may hold.
        case schema
        /// A checkpoint's name or its parent's is not allowed.
        case name
        /// What only a checkpoint that exists has, in a document to create one from.
        case existingCheckpoint
    }

    /// What kind of problem it is.
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

/// A document was refused, for all of these reasons.
public struct DocumentError: Error, Sendable, Hashable {
    /// The problems in the order of their places; at least one.
    public let problems: [DocumentProblem]

    /// How many more problems there are that are not among these.
    public let untold: Int

    init(_ problems: [DocumentProblem], untold: Int = 0) {
        self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        self.untold = untold
    }

    init(
        _ kind: DocumentProblem.Kind, line: Int = 1, column: Int = 1, path: String = "",
        _ message: String
    ) {
        untold = 0
        problems = [
            DocumentProblem(kind: kind, line: line, column: column, path: path, message: message)
        ]
    }

    /// The first problem with its place, and how many more there are.
    public var summary: String {
        guard let first = problems.first else { return "not a checkpoint" }
        let others = problems.count - 1 + untold
        let more = others > 0 ? " (and \(others) more)" : ""
        return "line \(first.line), column \(first.column): \(first.message)\(more)"
    }
}
