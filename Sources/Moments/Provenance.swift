/// Who requested a commit, and why.
public struct Provenance: Sendable, Hashable {
    /// The actor: by convention `user@host`, or the name of a service.
    public var actor: String

    /// The reason, in the actor's words.
    public var reason: String?

    /// The idempotency key: the caller's identifier of this request, unique in the store, which
    /// distinguishes a retry from a new request.
    public var request: String?

    /// Creates a provenance.
    public init(actor: String, reason: String? = nil, request: String? = nil) {
        self.actor = actor
        self.reason = reason
        self.request = request
    }
}

extension Provenance {
    /// The maximum length of an actor's name or an idempotency key, in bytes.
    private var maximumNameByteCount: Int { 1024 }

    /// The maximum length of a reason, in bytes.
    private var maximumReasonByteCount: Int { 65_536 }

    /// Refuses what an audit trail cannot show: an empty actor, names with control characters, NUL
    /// anywhere, names of more than 1,024 bytes, and reasons of more than 65,536.
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

/// How an event was submitted.
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
    /// An import, but not a single file of it.
    case importedLibrary
    /// A running libvirt: its connection URI, the name of its host, and its version, such as
    /// `9.0.0`.
    case live(uri: String, host: String, libvirt: String)
}

extension Origin {
    /// The channels through which events are submitted.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Channel: String, Sendable, Hashable, CaseIterable {
        case command, library, `import`, live
    }

    /// The channel.
    public var channel: Channel {
        switch self {
        case .commandLine: .command
        case .library: .library
        case .importedFile, .importedLibrary: .import
        case .live: .live
        }
    }
}
