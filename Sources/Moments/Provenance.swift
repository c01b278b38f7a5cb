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

extension Provenance {
    /// The most bytes of an actor's name, or a request's.
    private var maximumNameByteCount: Int { 1024 }

    /// The most bytes of a reason.
    private var maximumReasonByteCount: Int { 65_536 }

    /// Refuses what an audit trail cannot show: an actor who is nobody, texts with control
    /// characters in names, NUL anywhere, names of more than 1,024 bytes, and reasons of more than
    /// 65,536.
    ///
    /// - Throws: ``MomentlogError`` with `usage`.
    package func check() throws(MomentlogError) {
        if actor.allSatisfy(\.isWhitespace) {
            throw MomentlogError(
                .usage, "the actor has no name", hint: "say who makes the change",
                suggestion: .nameActor)
        }
        if let request, request.isEmpty {
            throw MomentlogError(
                .usage, "the request's name is empty", hint: "name it, or leave it out")
        }
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control
        }
        for (what, name) in [("actor", actor), ("request", request ?? "")]
        where name.unicodeScalars.contains(where: isControl) {
            throw MomentlogError(
                .usage, "the \(what)'s name \(name.debugDescription) holds a control character",
                hint: "choose another name")
        }
        for (what, text, most) in [
            ("actor's name", actor, maximumNameByteCount),
            ("request's name", request ?? "", maximumNameByteCount),
            ("reason", reason ?? "", maximumReasonByteCount),
        ] where text.utf8.count > most {
            throw MomentlogError(
                .usage, "the \(what) has \(text.utf8.count) bytes, and at most \(most) are kept",
                hint: "shorten it")
        }
        if reason?.unicodeScalars.contains("\0") == true {
            throw MomentlogError(
                .usage, "the reason holds a NUL character", hint: "leave it out")
        }
    }
}

/// By which door an event came in.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
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
    /// A running libvirt: its connection URI, the name of its host, and its version, such as
    /// `9.0.0`.
    case live(uri: String, host: String, libvirt: String)
}

extension Origin {
    /// The kinds of doors.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Door: String, Sendable, Hashable, CaseIterable {
        case command, library, `import`, live
    }

    /// Which kind of door it was.
    public var door: Door {
        switch self {
        case .commandLine: .command
        case .library: .library
        case .importedFile, .importedLibrary: .import
        case .live: .live
        }
    }
}
