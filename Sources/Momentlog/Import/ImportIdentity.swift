import EventStorage
import Moments

/// Whose checkpoints the files of a library are.
struct ImportIdentity {
    /// The domain's name, if the store does not know the domain yet.
    var name: String

    /// The domain's UUID, or nil if no file tells it.
    var uuid: DomainUUID?

    /// Whether the caller gave the UUID.
    let isAsked: Bool

    /// Whether the name is the caller's or that of a folder among domains' folders,
    /// rather than a guess.
    private let isNameGiven: Bool

    /// The domain in the store, if it knows it.
    var entry: DomainEntry?

    /// Finds the domain of a library.
    ///
    /// The UUID is that of most files' `<domain>`. The name is the one asked for, else
    /// the folder's in libvirt's folder of folders, else that of the youngest
    /// `<domain>`, else the folder's.
    ///
    /// - Throws: ``MomentlogError`` with `foreign-domain` if two UUIDs are in equally
    ///   many files and nothing says which it is, with `exists` if a live domain of
    ///   that name has another UUID.
    init(
        of read: ReadLibrary, asked: String?, among domains: KnownDomains
    ) throws(MomentlogError) {
        let askedUUID = asked.flatMap { DomainUUID($0) }
        let askedName = askedUUID == nil ? asked : nil
        let known = domains.live(named: askedName)
        var uuid = askedUUID
        if uuid == nil {
            uuid = try Self.majority(of: read, askedName: askedName, known: known)
        }
        self.uuid = uuid
        let owner = uuid
        let youngest = read.entries
            .filter { $0.domainName != nil && (owner == nil || $0.domainUUID == owner) }
            .max { ImportIdentity.precedes($0.checkpoint, $1.checkpoint) }
        let folder = read.library.isNamedByFolder ? read.library.folderName : nil
        isAsked = askedUUID != nil
        isNameGiven = askedName != nil || folder != nil
        name = askedName ?? folder ?? youngest?.domainName ?? read.library.folderName
        entry = try find(among: domains)
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
            hint: "--domain UUID says whose they are")
    }

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

extension MomentlogError {
    /// A live domain bears the name of another one that is to be imported.
    static func domainExists(
        _ name: String, _ uuid: DomainUUID?, not other: DomainUUID?
    ) -> MomentlogError {
        MomentlogError(
            .exists,
            "domain '\(name)' already exists with uuid \(uuid?.description ?? "unknown"), not"
                + " \(other?.description ?? "unknown")",
            hint: "--domain NAME imports one folder under another name")
    }
}
