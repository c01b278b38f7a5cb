import CheckpointXML
import EventLog
import Moments

/// A library after all its files were read.
struct ReadLibrary: Sendable {
    let library: CheckpointLibrary

    /// The checkpoints in the order in which their files were read, including those of other
    /// domains and repeated names.
    private(set) var documents: [Adoption.Document] = []

    /// The definitions in the files, each once: their contents and the disks in them.
    private var definitions: [DefinitionDigest: (definition: Definition, disks: [DomainDisk])] = [:]

    /// The domain in the definitions that virtnbdbackup keeps beside the checkpoints; nil if there
    /// are none, or if they belong to several domains.
    private var configuration: DomainDefinition?

    /// The number of bytes that a file may have, also when it is written again.
    private let limit: Int

    /// Whether all folders were imported as a whole.
    private var isWhole: Bool

    /// The names of the folders that were read.
    private var folders: [String] = []

    /// The current pointers that the folders' `ORDER` state, and the folders' names.
    private(set) var pointers: [Adoption.Pointer] = []

    /// The definition of the last file that had one.
    private var lastDefinition: Definition?

    /// The number of files that were read, including unreadable ones.
    private(set) var filesRead = 0

    /// Entries that are not readable checkpoints.
    private(set) var others: [FoundDocument] = []

    /// Reads all files of a library.
    ///
    /// - Parameter progress: Called with the number of files read so far; an error that it throws
    ///   ends the reading.
    init(
        _ library: CheckpointLibrary, reader: CheckpointReader,
        progress: (Int) throws(MomentlogError) -> Void
    ) throws(MomentlogError) {
        self.library = library
        limit = max(reader.limits.bytes, Limits().bytes)
        isWhole = library.isWhole
        configuration = Self.configuration(of: library, reader.limits)
        folders.append(library.folderName)
        if let current = library.current {
            pointers.append(
                Adoption.Pointer(folder: library.folderName, checkpoint: current.checkpoint))
        }
        for stray in library.strays {
            note(CheckpointFile(path: stray.path, isNamed: false), .stray(reason: stray.reason))
        }
        for unreadable in library.unreadable {
            filesRead += 1
            note(
                CheckpointFile(path: unreadable.path, isNamed: false),
                .unreadable(reason: unreadable.reason))
        }
        for start in stride(from: 0, to: library.files.count, by: CheckpointFile.batch) {
            let batch =
                library.files[start..<min(start + CheckpointFile.batch, library.files.count)]
            for (file, content) in zip(batch, CheckpointFile.read(batch, reader)) {
                try progress(filesRead)
                take(content, of: file, library.checksums)
            }
        }
    }

    /// Adds another library of the same domain.
    mutating func merge(_ other: ReadLibrary) {
        documents += other.documents
        definitions.merge(other.definitions) { known, _ in known }
        others += other.others
        folders += other.folders
        pointers += other.pointers
        configuration = configuration ?? other.configuration
        isWhole = isWhole && other.isWhole
        filesRead += other.filesRead
    }

    /// Returns the domain that the files belong to.
    ///
    /// - Parameter asked: The name or UUID that the caller requests.
    /// - Throws: ``MomentlogError`` with `foreign-domain`; see ``DocumentOwner``.
    /// - Complexity: O(*n*) expected in the files.
    func owner(asked: DomainReference?, among domains: KnownDomains) throws(MomentlogError)
        -> DocumentOwner
    {
        try DocumentOwner(
            of: documents, at: library.path,
            folder: library.isFolderGiven ? library.folderName : "",
            isNamedByFolder: library.isNamedByFolder,
            beside: configuration.map { ($0.name, $0.uuid) }, asked: asked,
            askedUUID: domains.live(named: asked?.text)?.uuid)
    }

    /// Returns the adoption, and the contents of the definitions in it.
    func adoption(
        of owner: DocumentOwner, replaces: Bool
    ) -> (adoption: Adoption, definitions: [Definition]) {
        let adoption = Adoption(
            of: documents, others: others, owner: owner, place: library.path, folders: folders,
            pointers: pointers, isWhole: isWhole, disks: definitions.mapValues(\.disks),
            replaces: replaces)
        let sorted = definitions.sorted { $0.key.hexadecimal < $1.key.hexadecimal }
        return (adoption, sorted.map(\.value.definition))
    }

    /// Returns what is wrong with the files, as far as it does not depend on a domain.
    ///
    /// - Parameter domain: The domain's name, if it is known.
    func inspection(domain: String?) -> DocumentInspection {
        DocumentInspection(documents, others, domain: domain, uuid: nil)
    }

    // MARK: Reading

    private static func configuration(
        of library: CheckpointLibrary, _ limits: Limits
    ) -> DomainDefinition? {
        var found: DomainDefinition?
        // The last ones describe the guest's latest state.
        for path in library.configurations.suffix(64) {
            guard case .success(let bytes) = CheckpointFile.bytes(at: path, limit: limits.bytes),
                let definition = try? DomainReader(limits: limits).read(bytes)
            else { continue }
            if let found, found.uuid != definition.uuid { return nil }
            found = definition
        }
        return found
    }

    private mutating func take(
        _ content: CheckpointFile.Content, of file: CheckpointFile, _ checksums: FolderChecksums?
    ) {
        switch content {
        case .stray(let reason):
            note(file, .stray(reason: reason))
            return
        case .unreadable(let reason): note(file, .unreadable(reason: reason))
        case .invalidName(let reason): note(file, .invalidName(reason: reason))
        case .checkpoint(let document, let sha256):
            if let fault = checksums?.fault(of: file.name, sha256) {
                note(file, .unreadable(reason: fault))
            } else {
                add(document, file, sha256)
            }
        }
        filesRead += 1
    }

    private mutating func note(_ file: CheckpointFile, _ content: FoundDocument.Content) {
        others.append(FoundDocument(place: file.path, name: file.name, content: content))
    }

    /// Returns the disks as libvirt records them on redefine. Those that are named by path are
    /// aligned with the disks of the file's own `<domain>`, if it has them: the path of an image
    /// changes with the next snapshot.
    private static func disks(of document: CheckpointDocument, _ name: CheckpointName) -> [Disk] {
        if let domain = document.domain,
            document.disks.contains(where: { !DiskTarget.isValid($0.name) }),
            let aligned = try? DiskAlignment(domainDisks: domain.disks)
                .aligned(document.disks, of: name)
        {
            return aligned
        }
        return document.disks.map { disk in
            var disk = disk
            if disk.mode == .bitmap { disk.bitmap = disk.bitmap ?? name.text }
            return disk
        }
    }

    /// Consecutive files usually have the same definition.
    private mutating func digest(of definition: DomainDefinition) -> DefinitionDigest {
        if let last = lastDefinition, last.content == definition.bytes { return last.digest }
        let read = Definition(definition.bytes)
        if definitions[read.digest] == nil { definitions[read.digest] = (read, definition.disks) }
        lastDefinition = read
        return read.digest
    }

    private mutating func add(
        _ document: CheckpointDocument, _ file: CheckpointFile, _ sha256: String
    ) {
        // The reader accepts no record without them.
        guard let name = document.name, let creationTime = document.creationTime else { return }
        let checkpoint = Checkpoint(
            name: name, description: document.description, parent: document.parent,
            creationTime: creationTime, disks: Self.disks(of: document, name),
            definition: document.domain.map { digest(of: $0) })
        // Escapes, and UTF-8 instead of another encoding, may make it too large. Line breaks and
        // the indentation of what was written by others do not count.
        if let excess = DocumentSize.excess(
            of: checkpoint, definition: document.domain?.bytes.count ?? 0, limit: limit + 4_096)
        {
            return note(file, .unreadable(reason: "written for libvirt, it \(excess)"))
        }
        documents.append(
            Adoption.Document(
                checkpoint, claimsCurrent: document.isCurrent == true,
                domainName: document.domain?.name, domainUUID: document.domain?.uuid,
                place: file.path, name: file.name, folder: library.folderName, sha256: sha256))
    }
}

extension OrderFile.Current {
    /// The current checkpoint; nil if there is none.
    fileprivate var checkpoint: CheckpointName? {
        if case .checkpoint(let name) = self { name } else { nil }
    }
}
