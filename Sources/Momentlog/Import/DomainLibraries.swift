import EventLog
import Moments

/// The libraries that were read, grouped by domain: an import is one commit a domain.
struct DomainLibraries {
    /// The libraries of one domain.
    struct Group {
        /// The files.
        private(set) var read: ReadLibrary

        /// The domain that the first of the libraries belongs to.
        fileprivate let owner: DocumentOwner

        /// The domain in the store, if it is known.
        let entry: DomainEntry?

        /// The index of the first library among all.
        fileprivate let index: Int

        /// Whether several libraries were merged.
        private var isMerged = false

        fileprivate init(
            _ read: ReadLibrary, _ index: Int, asked: DomainReference?, among domains: KnownDomains
        ) throws(MomentlogError) {
            self.read = read
            self.index = index
            owner = try read.owner(asked: asked, among: domains)
            entry = try domains.entry(of: owner, at: read.library.path)
        }
    }

    /// The domains in the order of their first libraries.
    private(set) var groups: [Group] = []

    /// The libraries whose domain is not clear.
    private(set) var refused: [ImportReport.DomainReport] = []

    /// The findings in folders without anything to import.
    private(set) var findings: [Finding] = []

    private var groupOfUUID: [DomainUUID: Int] = [:]
    // By bytes: names of one Unicode form differ from those of another.
    private var groupOfName: [[UInt8]: Int] = [:]

    /// - Parameter asked: The domain that the caller requests.
    /// - Complexity: O(*n* log *n*) in the files.
    init(_ reads: [ReadLibrary], asked: DomainReference?, among domains: KnownDomains) {
        var refused: [(report: ImportReport.DomainReport, index: Int)] = []
        var found: [Group] = []
        for (index, read) in reads.enumerated() {
            // The empty folder that libvirt leaves of a known domain after its last checkpoint.
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
        // A domain's own folder precedes others that claim its name, and guesses come last.
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
    var name: String { entry?.name ?? owner.name }

    var uuid: DomainUUID? { owner.uuid ?? entry?.uuid }

    /// The path of the library; nil if the files are of several.
    var path: String? { isMerged ? nil : read.library.path }

    /// The precedence among several libraries of one name: the domain's own folder, then other
    /// paths, then guesses.
    fileprivate var rank: Int {
        owner.isGuess ? 2 : DomainName.isSame(owner.name, read.library.folderName) ? 0 : 1
    }

    /// Adds another library of the same domain.
    ///
    /// - Throws: ``MomentlogError`` with `exists` if it belongs to another domain of the same name,
    ///   with `no-domain` if only a guess relates it to the same domain.
    fileprivate mutating func merge(_ other: Self) throws(MomentlogError) {
        guard isSame(as: other) else {
            throw .domainExists(other.name, owner.uuid, not: other.uuid)
        }
        let isOneFolder = read.library.folder == other.read.library.folder
        if other.owner.isGuess, owner.uuid == nil, !isOneFolder {
            throw .unknownOwner(
                at: other.read.library.path,
                "and '\(other.name)' is also the name of \(read.library.path)")
        }
        read.merge(other.read)
        isMerged = true
    }

    private func isSame(as other: Self) -> Bool {
        if let entry, let known = other.entry { return entry.id == known.id }
        if let uuid = owner.uuid, let known = other.owner.uuid { return uuid == known }
        return DomainName.isSame(owner.name, other.owner.name)
    }

    /// Returns the instruction to adopt the library.
    ///
    /// - Throws: ``MomentlogError`` with `foreign-domain`; see ``DocumentOwner``.
    func instruction(
        _ options: ImportOptions, among domains: KnownDomains, by submission: Submission
    ) throws(MomentlogError) -> Instruction {
        // Together they may state something else than the first alone.
        let owner = isMerged ? try read.owner(asked: options.domain, among: domains) : owner
        let (adoption, definitions) = read.adoption(of: owner, replaces: options.replaces)
        var instruction = Instruction.adopt(adoption, definitions: definitions, by: submission)
        instruction.validation = options.validation
        instruction.stripsSecrets = options.stripsSecrets
        instruction.time = options.time
        return instruction
    }
}
