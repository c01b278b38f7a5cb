/// Who had a commit appended, and why.
public struct Provenance: Sendable, Hashable {
    /// Who: by convention `user@host`, or the name of a service.
    public var actor: String

    /// Why, in the actor's words.
    public var reason: String?

    /// The caller's name for this one request, unique in the store, by which a
    /// repeated request is told from a new one.
    public var request: String?

    /// Makes a provenance.
    public init(actor: String, reason: String? = nil, request: String? = nil) {
        self.actor = actor
        self.reason = reason
        self.request = request
    }
}

/// By which door an event came in.
public enum Origin: Sendable, Hashable {
    /// The `momentlog` command.
    case commandLine
    /// A program that uses the library.
    case library
    /// A file that was imported: its name without folders, and the SHA-256 of its
    /// bytes in hexadecimal digits.
    case importedFile(name: String, sha256: String)
    /// An import, but no single file of it.
    case importedLibrary
}
