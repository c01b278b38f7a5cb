import EventLog
import Moments
import SQLiteEventLog

/// Whose checkpoints the files of a library are.
struct ImportIdentity {
    /// The domain's name, if the store does not know the domain yet.
    var name: String

    /// The domain's UUID, or nil if no file tells it.
    var uuid: DomainUUID?

    /// Whether the UUID comes from the caller or from a definition beside the files.
    let isUUIDGiven: Bool

    /// Where the name comes from.
    let source: Source

    /// What tells the domain's name, the best first.
    enum Source: Sendable {
        /// The caller.
        case asked
        /// The `<domain>` of a file.
        case definition
        /// The definition that virtnbdbackup keeps beside the files.
        case configuration
        /// The name of a folder in libvirt's directory of folders.
        case layout
        /// The name of the folder that was imported, or of the one that a file is in.
        case guess
    }

    /// The names that tools give to folders of checkpoints, and no domain has.
    private static let impossibleNames = ["checkpoints", "checkpoint", "tmp"]

    /// The domain in the store, if it knows it.
    var entry: DomainEntry?

    /// Finds the domain of a library.
    ///
    /// The UUID is that of most files' `<domain>`, else that of the definition beside them. The
    /// name is the one asked for, else that of the youngest `<domain>`, else that of the
    /// definition beside the files, else the folder's in libvirt's folder of folders, else a
    /// guess: the folder's.
    ///
    /// - Throws: ``MomentlogError`` with `foreign-domain` if two UUIDs are in equally
    ///   many files and nothing says which it is, with `exists` if a live domain of
    ///   that name has another UUID, with `no-domain` if only a folder's name is known, and it
    ///   cannot be a domain's.
    init(
        of read: ReadLibrary, asked: String?, among domains: KnownDomains
    ) throws(MomentlogError) {
        let askedUUID = asked.flatMap { DomainUUID($0) }
        let askedName = askedUUID == nil ? asked : nil
        let known = domains.live(named: askedName)
        var uuid = askedUUID
        var isUUIDGiven = uuid != nil
        if uuid == nil {
            uuid = try Self.majority(of: read, askedName: askedName, known: known)
        }
        if uuid == nil, let beside = read.configuration?.uuid {
            uuid = beside
            isUUIDGiven = true
        }
        self.uuid = uuid
        self.isUUIDGiven = isUUIDGiven
        let owner = uuid
        let youngest = read.entries
            .filter { $0.domainName != nil && (owner == nil || $0.domainUUID == owner) }
            .max { ImportIdentity.precedes($0.checkpoint, $1.checkpoint) }
        let folder = read.library.folderName
        if let askedName {
            (name, source) = (askedName, .asked)
        } else if let named = youngest?.domainName {
            (name, source) = (named, .definition)
        } else if let named = read.configuration?.name {
            (name, source) = (named, .configuration)
        } else {
            (name, source) = (folder, read.library.isNamedByFolder ? .layout : .guess)
        }
        entry = try find(among: domains)
        let isKnown = uuid != nil && entry?.uuid == uuid
        guard source == .layout || source == .guess, !isKnown else { return }
        let fault = DomainName.fault(in: folder)
        guard fault == nil, !Self.impossibleNames.contains(folder) else {
            throw .unknownDomain(
                read,
                "and the folder's name \(folder.debugDescription) "
                    + (fault ?? "is not a domain's"))
        }
    }

    /// Whether a checkpoint is older than another.
    static func precedes(_ left: Checkpoint, _ right: Checkpoint) -> Bool {
        (left.creationTime, left.name) < (right.creationTime, right.name)
    }

    /// Whether two libraries of one import are of the same domain.
    func isSame(as other: ImportIdentity) -> Bool {
        if let entry, let known = other.entry { return entry.id == known.id }
        if let uuid, let known = other.uuid { return uuid == known }
        return DomainName.isSame(name, other.name)
    }

    private static func majority(
        of read: ReadLibrary, askedName: String?, known: DomainEntry?
    ) throws(MomentlogError) -> DomainUUID? {
        var counts: [DomainUUID: Int] = [:]
        for entry in read.entries {
            if let uuid = entry.domainUUID { counts[uuid, default: 0] += 1 }
        }
        let most = counts.values.max()
        let leaders = counts.filter { $0.value == most }.keys.sorted()
        guard leaders.count > 1 else { return leaders.first }
        if let uuid = known?.uuid, leaders.contains(uuid) { return uuid }
        if let uuid = read.configuration?.uuid, leaders.contains(uuid) { return uuid }
        let named = Set(
            read.entries.filter { entry in
                guard let askedName, let name = entry.domainName else { return false }
                return DomainName.isSame(name, askedName)
            }.compactMap(\.domainUUID)
        ).intersection(leaders)
        if named.count == 1 { return named.first }
        let list = leaders.map(\.description).joined(separator: " and ")
        throw MomentlogError(
            .foreignDomain, "the files in \(read.library.path) hold as many definitions of \(list)",
            hint: "say by a UUID whose they are", suggestion: .nameDomain)
    }

    /// Whether the name is the caller's or that of a folder among domains' folders.
    private var isNameGiven: Bool { source == .asked || source == .layout }

    private func find(among domains: KnownDomains) throws(MomentlogError) -> DomainEntry? {
        let byName = domains.live(named: name)
        let byUUID = domains.domain(uuid: uuid)
        let other = byName?.uuid.flatMap { uuid == nil || $0 == uuid ? nil : $0 }
        if let byUUID, byUUID.isLive, !isNameGiven || other == nil { return byUUID }
        if let byName {
            if other != nil || byUUID != nil {
                throw MomentlogError.domainExists(name, other ?? byName.uuid, not: uuid)
            }
            return byName
        }
        if let byUUID { return byUUID }
        // A life that ended continues under the name it bore, if it never had a UUID.
        return uuid == nil ? domains.withoutUUID(named: name) : nil
    }
}

extension ImportIdentity {
    /// Which of several libraries of one name comes first: the domain's own folder, then other
    /// places, then guesses.
    func rank(of read: ReadLibrary) -> Int {
        isGuess ? 2 : DomainName.isSame(name, read.library.folderName) ? 0 : 1
    }

    /// Whether the name is all that is known of the domain, and is a guess.
    var isGuess: Bool { source == .guess && uuid == nil }

    /// Refuses to add checkpoints to a domain, or to replace its own, on the ground of a guessed
    /// name, unless something ties them to those that it has: the same checkpoint, or a parent
    /// or child of one. A checkpoint of the same name and another creation time unties them.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`.
    /// - Complexity: O(*n*) expected in the files and the domain's checkpoints.
    func checkGuess(_ read: ReadLibrary, _ domain: Domain) throws(MomentlogError) {
        let graph = domain.graph
        // What is known of a domain without UUID and definition came from such files before.
        let isNameOnly = domain.uuid == nil && domain.definition == nil
        guard isGuess, domain.isLive, !graph.isEmpty,
            read.entries.contains(where: {
                isNameOnly
                    ? !graph.contains($0.checkpoint.name)
                    : graph.checkpoint(named: $0.checkpoint.name) != $0.checkpoint
            })
        else { return }
        var missingParents: Set<String> = []
        for name in graph.names() ?? [] {
            if let parent = graph.parentName(of: name), !graph.contains(parent) {
                missingParents.insert(parent)
            }
        }
        var isTied = false
        for entry in read.entries {
            let checkpoint = entry.checkpoint
            if let known = graph.checkpoint(named: checkpoint.name) {
                guard known.creationTime == checkpoint.creationTime else {
                    isTied = false
                    break
                }
                isTied = true
            } else if missingParents.contains(checkpoint.name)
                || checkpoint.parent.map(graph.contains) == true
            {
                isTied = true
            }
        }
        guard !isTied else { return }
        throw .unknownDomain(
            read,
            "and nothing but the name of the folder or file ties them to domain '\(domain.name)'")
    }
}

extension MomentlogError {
    /// Nothing says which domain the files of a library belong to.
    static func unknownDomain(_ read: ReadLibrary, _ reason: String) -> MomentlogError {
        MomentlogError(
            .noDomain,
            "the files in \(read.library.path) do not say which domain they belong to, \(reason)",
            hint: "name the domain that they belong to")
    }

    /// A live domain bears the name of another one that is to be imported.
    static func domainExists(
        _ name: String, _ uuid: DomainUUID?, not other: DomainUUID?
    ) -> MomentlogError {
        MomentlogError(
            .exists,
            "domain '\(name)' already exists with uuid \(uuid?.description ?? "unknown"), not"
                + " \(other?.description ?? "unknown")",
            hint: "import that folder alone, under another name", suggestion: .nameDomain)
    }
}
