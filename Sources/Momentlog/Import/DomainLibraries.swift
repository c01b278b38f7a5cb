import EventLog
import Moments

/// The libraries that were read, put together by domain: an import is one commit a domain.
struct DomainLibraries {
    /// All that was read of one domain.
    struct Group {
        /// The files.
        private(set) var read: ReadLibrary

        /// The domain that the first of the libraries belongs to.
        fileprivate let owner: DocumentOwner

        /// The domain in the store, if it is known.
        let entry: DomainEntry?

        /// The place of the first library among all.
        fileprivate let index: Int

        /// Whether several libraries were put together.
        private var isMerged = false

        fileprivate init(
            _ read: ReadLibrary, _ index: Int, asked: String?, among domains: KnownDomains
        ) throws(MomentlogError) {
            self.read = read
            self.index = index
            owner = try read.owner(asked: asked, among: domains)
            entry = try domains.entry(of: owner, at: read.library.path)
        }
    }

    /// The domains in the order of their first libraries.
    private(set) var groups: [Group] = []

    /// The libraries of which it is not clear whose they are.
    private(set) var refused: [ImportReport.DomainReport] = []

    /// What was found in folders that hold nothing to import.
    private(set) var findings: [Finding] = []

    private var groupOfUUID: [DomainUUID: Int] = [:]
    // By bytes: names of one Unicode form are not those of another.
    private var groupOfName: [[UInt8]: Int] = [:]

    /// - Parameter asked: The domain that the caller asks for.
    /// - Complexity: O(*n* log *n*) in the files.
    init(_ reads: [ReadLibrary], asked: String?, among domains: KnownDomains) {
        var refused: [(report: ImportReport.DomainReport, index: Int)] = []
        var found: [Group] = []
        for (index, read) in reads.enumerated() {
            // What libvirt leaves of a known domain after its last checkpoint.
            let isEmptied =
                read.library.isEmpty && domains.live(named: read.library.folderName) != nil
            guard read.filesRead > 0 || isEmptied else {
                findings += read.inspection(domain: nil).findings
                continue
            }
            do throws(MomentlogError) {
                found.append(try Group(read, index, asked: asked, among: domains))
            } catch {
                refused.append((.refused(error, read, asked: asked), index))
            }
        }
        // A domain's own folder goes before others that claim its name, and guesses come last.
        for group in found.sorted(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) {
            do throws(MomentlogError) {
                try add(group)
            } catch {
                refused.append((.refused(error, group.read, asked: asked), group.index))
            }
        }
        self.refused = refused.sorted { $0.index < $1.index }.map(\.report)
        groups.sort { $0.index < $1.index }
    }

    private mutating func add(_ group: Group) throws(MomentlogError) {
        let (name, uuid) = (group.name, group.uuid)
        let known = uuid.flatMap { groupOfUUID[$0] } ?? groupOfName[Array(name.utf8)]
        if let known {
            try groups[known].merge(group)
        } else {
            groups.append(group)
        }
        let position = known ?? groups.count - 1
        groupOfName[Array(name.utf8)] = groupOfName[Array(name.utf8)] ?? position
        if let uuid { groupOfUUID[uuid] = groupOfUUID[uuid] ?? position }
    }
}

extension DomainLibraries.Group {
    fileprivate var name: String { entry?.name ?? owner.name }

    fileprivate var uuid: DomainUUID? { owner.uuid ?? entry?.uuid }

    /// Which of several libraries of one name comes first: the domain's own folder, then other
    /// places, then guesses.
    fileprivate var rank: Int {
        owner.isGuess ? 2 : DomainName.isSame(owner.name, read.library.folderName) ? 0 : 1
    }

    /// Adds another library of the same domain.
    ///
    /// - Throws: ``MomentlogError`` with `exists` if it is another domain's of the same name, with
    ///   `no-domain` if nothing but a guess says that it is the same domain's.
    fileprivate mutating func merge(_ other: Self) throws(MomentlogError) {
        guard isSame(as: other) else {
            throw .domainExists(other.name, owner.uuid, not: other.uuid)
        }
        let isOneFolder = read.library.folder == other.read.library.folder
        if other.owner.isGuess, owner.uuid == nil, !isOneFolder {
            throw .unknownOwner(
                at: other.read.library.path,
                "and '\(other.name)' is the name of \(read.library.path), too")
        }
        read.merge(other.read)
        isMerged = true
    }

    private func isSame(as other: Self) -> Bool {
        if let entry, let known = other.entry { return entry.id == known.id }
        if let uuid = owner.uuid, let known = other.owner.uuid { return uuid == known }
        return DomainName.isSame(owner.name, other.owner.name)
    }

    /// The command that takes over what was read.
    ///
    /// - Throws: ``MomentlogError`` with `foreign-domain`; see ``DocumentOwner``.
    func instruction(
        _ options: ImportOptions, among domains: KnownDomains, by submission: Submission
    ) throws(MomentlogError) -> Instruction {
        // Together they may say something else than the first alone.
        let owner = isMerged ? try read.owner(asked: options.domain, among: domains) : owner
        let (adoption, definitions) = read.adoption(of: owner, replaces: options.replaces)
        var instruction = Instruction.adopt(adoption, definitions: definitions, by: submission)
        instruction.validation = options.validation
        instruction.stripsSecrets = options.stripsSecrets
        instruction.time = options.time
        return instruction
    }
}
