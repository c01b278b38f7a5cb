/// The domain that documents belong to, as far as they and the caller state it.
public struct DocumentOwner: Sendable, Hashable {
    /// The domain's name, for a domain that is not recorded.
    public let name: String

    /// The domain's UUID; nil if nothing states it.
    public let uuid: DomainUUID?

    /// Whether the caller or a definition beside the documents states the UUID.
    public let isUUIDGiven: Bool

    /// The source of the name.
    public let source: Source

    /// The domain that the caller asked for: a name or a UUID.
    public let asked: DomainReference?

    /// The sources of a domain's name, the most reliable first.
    public enum Source: Sendable, Hashable {
        /// The caller.
        case asked
        /// The definition in a document.
        case definition
        /// The definition that virtnbdbackup keeps beside the documents.
        case configuration
        /// The name of a folder in libvirt's directory of folders.
        case layout
        /// The name of the folder that was read, or of the one that a document is in.
        case guess
    }

    /// Names that tools give to folders of checkpoints, and no domain has.
    private static let impossibleNames = ["checkpoints", "checkpoint", "tmp"]

    /// Returns whether a folder's name can be a domain's.
    package static func canBeName(_ folder: String) -> Bool { !impossibleNames.contains(folder) }

    /// Finds the domain that documents belong to.
    ///
    /// The UUID is the requested one, else that of most documents' definitions, else that of the
    /// definition beside them. The name is the requested one, else that in the youngest document's
    /// definition, else that in the definition beside the documents, else the folder's: in
    /// libvirt's directory of folders it is the domain's, elsewhere it is a guess.
    ///
    /// - Parameters:
    ///   - documents: The documents of one library.
    ///   - place: The library's path, for messages.
    ///   - folder: The name of the library's folder.
    ///   - isNamedByFolder: Whether the folder is one of libvirt's directory of folders.
    ///   - beside: Name and UUID in the definition beside the documents.
    ///   - asked: The domain that the caller requests.
    ///   - askedUUID: The UUID of the live domain of the requested name.
    /// - Throws: ``MomentlogError`` with `foreign-domain` if two UUIDs are in equally many
    ///   documents, and nothing states which of them is meant.
    /// - Complexity: O(*n*) expected in the documents.
    public init(
        of documents: [Adoption.Document], at place: String, folder: String,
        isNamedByFolder: Bool, beside: (name: String?, uuid: DomainUUID?)? = nil,
        asked: DomainReference? = nil, askedUUID: DomainUUID? = nil
    ) throws(MomentlogError) {
        self.asked = asked
        let givenUUID = asked?.uuid
        let askedName = givenUUID == nil ? asked?.text : nil
        var uuid = givenUUID
        if uuid == nil {
            let leaders = Self.leaders(among: documents)
            uuid = leaders.first
            if leaders.count > 1 {
                uuid = Self.choice(
                    among: leaders, of: documents, [askedUUID, beside?.uuid], askedName)
                if uuid == nil { throw .ambiguousOwner(leaders, at: place) }
            }
        }
        let isStated = uuid != nil
        uuid = uuid ?? beside?.uuid
        self.uuid = uuid
        isUUIDGiven = givenUUID != nil || !isStated && uuid != nil
        let youngest =
            documents
            .filter { $0.domainName != nil && (uuid == nil || $0.domainUUID == uuid) }.youngest()
        if let askedName {
            (name, source) = (askedName, .asked)
        } else if let named = youngest?.domainName {
            (name, source) = (named, .definition)
        } else if let named = beside?.name {
            (name, source) = (named, .configuration)
        } else {
            (name, source) = (folder, isNamedByFolder ? .layout : .guess)
        }
    }

    /// Returns the UUIDs that are in the most documents, sorted.
    private static func leaders(among documents: [Adoption.Document]) -> [DomainUUID] {
        var counts: [DomainUUID: Int] = [:]
        for document in documents {
            if let uuid = document.domainUUID { counts[uuid, default: 0] += 1 }
        }
        let most = counts.values.max()
        return counts.filter { $0.value == most }.keys.sorted()
    }

    private static func choice(
        among leaders: [DomainUUID], of documents: [Adoption.Document],
        _ known: [DomainUUID?], _ askedName: String?
    ) -> DomainUUID? {
        if let uuid = known.compactMap({ $0 }).first(where: { leaders.contains($0) }) {
            return uuid
        }
        guard let askedName else { return nil }
        let named = Set(
            documents.filter { document in
                document.domainName.map { DomainName.isSame($0, askedName) } ?? false
            }.compactMap(\.domainUUID)
        ).intersection(leaders)
        return named.count == 1 ? named.first : nil
    }
}

extension DocumentOwner {
    /// Whether only a folder's name identifies the domain.
    public var isGuess: Bool { source == .guess && uuid == nil }

    /// Whether the name is the caller's or that of a folder in libvirt's directory.
    private var isNameGiven: Bool { source == .asked || source == .layout }

    /// Chooses the recorded domain; nil for a new one.
    ///
    /// - Parameters:
    ///   - live: The live domain of its name.
    ///   - known: The domain of its UUID, live or not.
    ///   - former: The last domain of its name that never had a UUID, live or not.
    ///   - place: The path of the documents, for messages.
    /// - Throws: ``MomentlogError`` with `exists` if another live domain has its name, and with
    ///   `no-domain` if only a folder's name is known, and no domain can have it.
    /// - Complexity: O(1), and O(*n*) in the name.
    package func recorded<Recorded: RecordedDomain>(
        live: Recorded?, known: Recorded?, former: Recorded?, place: String
    ) throws(MomentlogError) -> Recorded? {
        let entry = try choose(live, known, former)
        let isKnown = uuid != nil && entry?.uuid == uuid
        guard source == .layout || source == .guess, !isKnown else { return entry }
        guard !name.isEmpty else {
            throw .unknownOwner(at: place, "and no folder with a domain's name was given")
        }
        let fault = DomainName.fault(in: name)
        guard fault == nil, !Self.impossibleNames.contains(name) else {
            throw .unknownOwner(
                at: place,
                "and the folder's name \(name.debugDescription) " + (fault ?? "is not a domain's"))
        }
        return entry
    }

    private func choose<Recorded: RecordedDomain>(
        _ live: Recorded?, _ known: Recorded?, _ former: Recorded?
    ) throws(MomentlogError) -> Recorded? {
        let other = live?.uuid.flatMap { uuid == nil || $0 == uuid ? nil : $0 }
        if let known, known.isLive, !isNameGiven || other == nil { return known }
        if let live {
            if other != nil || known != nil {
                throw .domainExists(name, other ?? live.uuid, not: uuid)
            }
            return live
        }
        if let known { return known }
        // An undefined domain continues under its former name, if it never had a UUID.
        return uuid == nil ? former : nil
    }
}

/// A domain of the record, as far as it identifies one.
package protocol RecordedDomain {
    /// Its UUID; nil until a document states it.
    var uuid: DomainUUID? { get }
    /// Whether it is defined, and was not undefined since.
    var isLive: Bool { get }
}

extension MomentlogError {
    /// Nothing states which domain the documents of a library belong to.
    package static func unknownOwner(at place: String, _ reason: String) -> MomentlogError {
        MomentlogError(
            .noDomain, "the files in \(place) do not say which domain they belong to, \(reason)",
            hint: "name the domain that they belong to")
    }

    fileprivate static func ambiguousOwner(
        _ uuids: [DomainUUID], at place: String
    ) -> MomentlogError {
        let list = uuids.map(\.description).joined(separator: " and ")
        return MomentlogError(
            .foreignDomain, "the files in \(place) define several domains equally often: \(list)",
            hint: "choose one of them by its UUID", suggestion: .nameDomain)
    }

    /// A live domain has the name of another one that is to be imported.
    package static func domainExists(
        _ name: String, _ uuid: DomainUUID?, not other: DomainUUID?
    ) -> MomentlogError {
        MomentlogError(
            .exists,
            "domain '\(name)' already exists with uuid \(uuid?.description ?? "unknown"), not"
                + " \(other?.description ?? "unknown")",
            hint: "import that folder alone, under another name", suggestion: .nameDomain)
    }
}
