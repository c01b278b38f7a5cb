import CheckpointXML
import Moments

/// A library after all its files were read.
struct ReadLibrary: Sendable {
    /// A checkpoint and the file that it came from.
    struct Entry: Sendable {
        var file: CheckpointFile
        var sha256: String
        var checkpoint: Checkpoint
        var claimsCurrent: Bool
        var domainName: String?
        var domainUUID: DomainUUID?
        /// The name of the folder that the file is in.
        var folder: String

        /// The file as the inspection looks at it.
        ///
        /// - Parameter domain: The domain's name in the store.
        fileprivate func found(in domain: String?) -> FoundDocument {
            let owners = [domain, domainName].compactMap { $0 }
            return FoundDocument(
                place: file.path, name: file.name, expectedName: checkpoint.name + ".xml",
                isPreferred: owners.contains { DomainName.isSame($0, folder) },
                content: .checkpoint(
                    checkpoint, claimsCurrent: claimsCurrent, domainUUID: domainUUID))
        }
    }

    let library: CheckpointLibrary

    /// The checkpoints in the order in which their files were read; until they are sorted
    /// out, also those of other domains and those that bear a name a second time.
    private(set) var entries: [Entry] = []

    /// The contents of the definitions in the files, each once.
    private(set) var definitions: [DefinitionDigest: [UInt8]] = [:]

    /// The domain in the definitions that virtnbdbackup keeps beside the checkpoints; nil if
    /// there are none, or if they are of several domains.
    private(set) var configuration: DomainDefinition?

    /// Whether all folders were imported as a whole.
    private(set) var isWhole: Bool

    /// The names of the folders that were read.
    private var folders: [String] = []

    /// The current pointers that the folders' `ORDER` state, and the folders' names.
    private var pointers: [(folder: String, current: OrderFile.Current)] = []

    /// The definition of the file that was read last and had one.
    private var lastDefinition: (digest: DefinitionDigest, content: [UInt8])?

    /// How many files were read, counting those that could not be.
    private(set) var filesRead = 0

    /// What lies there, but holds no checkpoint that can be read.
    private var others: [FoundDocument] = []

    /// Reads all files of a library.
    init(_ library: CheckpointLibrary, reader: CheckpointReader, progress: (Int) -> Void) {
        self.library = library
        isWhole = library.isWhole
        configuration = Self.configuration(of: library, reader.limits)
        folders.append(library.folderName)
        if let current = library.current { pointers.append((library.folderName, current)) }
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
                progress(filesRead)
                take(content, of: file, library.checksums)
            }
        }
    }

    /// Adds what another library of the same domain says.
    mutating func merge(_ other: ReadLibrary) {
        entries += other.entries
        definitions.merge(other.definitions) { known, _ in known }
        others += other.others
        folders += other.folders
        pointers += other.pointers
        configuration = configuration ?? other.configuration
        isWhole = isWhole && other.isWhole
        filesRead += other.filesRead
    }

    /// The same with definitions that hold no secrets.
    ///
    /// - Complexity: O(*n*) in the definitions and the checkpoints.
    func withoutSecrets() -> ReadLibrary {
        var stripped = self
        stripped.definitions = [:]
        stripped.lastDefinition = nil
        var digests: [DefinitionDigest: DefinitionDigest] = [:]
        for (digest, content) in definitions {
            digests[digest] = stripped.digestOfDefinition(DomainSecrets.removed(from: content))
        }
        for index in stripped.entries.indices {
            guard let digest = entries[index].checkpoint.definition else { continue }
            stripped.entries[index].checkpoint.definition = digests[digest]
        }
        return stripped
    }

    /// What is wrong with the files.
    ///
    /// - Parameters:
    ///   - domain: The domain's name, if it is known.
    ///   - uuid: Its UUID: files with the definition of another are skipped.
    func inspection(domain: String?, uuid: DomainUUID?) -> DocumentInspection {
        DocumentInspection(
            entries.map { $0.found(in: domain) } + others, domain: domain, uuid: uuid)
    }

    /// Drops all checkpoints but those that an inspection takes.
    mutating func keepTaken(_ inspection: DocumentInspection) {
        entries = inspection.taken.map { entries[$0] }
    }

    /// The names of all checkpoints that have a file, whether it can be imported or not.
    ///
    /// - Complexity: O(*n*) in the files.
    var namesOfFiles: Set<String> {
        var names = Set(entries.map(\.checkpoint.name))
        for document in others where document.name.hasSuffix(".xml") {
            names.insert(String(document.name.dropLast(4)))
        }
        return names
    }

    /// The current pointer to restore from an export: that of the domain's own folder, else the
    /// one on which all folders agree. Nil if there is none, or if the checkpoint that it names
    /// is not among those that are imported.
    ///
    /// - Complexity: O(*n*) in the checkpoints.
    func current(of domain: String) -> OrderFile.Current? {
        let own = pointers.filter { DomainName.isSame($0.folder, domain) }
        // Another folder's pointer says nothing of what is in the domain's own folder.
        let hasOwnFolder = folders.contains { DomainName.isSame($0, domain) }
        let stated = Set((own.isEmpty && !hasOwnFolder ? pointers : own).map(\.current))
        guard stated.count == 1, let current = stated.first else { return nil }
        guard case .checkpoint(let name) = current else { return current }
        return entries.contains { $0.checkpoint.name == name } ? current : nil
    }

    /// All current pointers that folders state, sorted, for a request's fingerprint.
    var statedPointers: [String] {
        pointers.map { pointer in
            if case .checkpoint(let name) = pointer.current { name } else { "" }
        }.sorted()
    }

    /// Drops all checkpoints but these.
    mutating func keepOnly(_ entries: [Entry]) { self.entries = entries }

    /// The domain's definition in the youngest checkpoint that holds one.
    var youngestDefinition: DefinitionDigest? {
        entries.filter { $0.checkpoint.definition != nil }
            .max { ImportIdentity.precedes($0.checkpoint, $1.checkpoint) }?
            .checkpoint.definition
    }

    /// The disks in it; nil if there is none.
    var youngestDisks: [DomainDisk]? {
        // What was read once is read again.
        youngestDefinition.flatMap { definitions[$0] }.flatMap { try? DomainDisk.disks(in: $0) }
    }

    // MARK: Reading

    private static func configuration(
        of library: CheckpointLibrary, _ limits: Limits
    ) -> DomainDefinition? {
        var found: DomainDefinition?
        // The last ones describe the guest as it was last.
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
            } else if let entry = entry(document, file, sha256) {
                entries.append(entry)
            }
        }
        filesRead += 1
    }

    private mutating func note(_ file: CheckpointFile, _ content: FoundDocument.Content) {
        others.append(FoundDocument(place: file.path, name: file.name, content: content))
    }

    /// The disks as libvirt records them on redefine. Those that are named by path are aligned
    /// with the disks of the file's own `<domain>`, if it has them: the path of an image
    /// changes with the next snapshot.
    private static func disks(of document: CheckpointDocument, _ name: String) -> [Disk] {
        if let domain = document.domain,
            document.disks.contains(where: { !DiskTarget.isValid($0.name) }),
            let aligned = try? DiskAlignment(domainDisks: domain.disks)
                .aligned(document.disks, of: name)
        {
            return aligned
        }
        return document.disks.map { disk in
            var disk = disk
            if disk.mode == .bitmap { disk.bitmap = disk.bitmap ?? name }
            return disk
        }
    }

    /// Files that follow each other mostly hold the same definition.
    private mutating func digestOfDefinition(_ content: [UInt8]) -> DefinitionDigest {
        if let last = lastDefinition, last.content == content { return last.digest }
        let digest = DefinitionDigest(of: content)
        if definitions[digest] == nil { definitions[digest] = content }
        lastDefinition = (digest, content)
        return digest
    }

    private mutating func entry(
        _ document: CheckpointDocument, _ file: CheckpointFile, _ sha256: String
    ) -> Entry? {
        // The reader lets no record pass without them.
        guard let name = document.name, let creationTime = document.creationTime else { return nil }
        var digest: DefinitionDigest?
        if let domain = document.domain { digest = digestOfDefinition(domain.bytes) }
        return Entry(
            file: file, sha256: sha256,
            checkpoint: Checkpoint(
                name: name, description: document.description, parent: document.parent,
                creationTime: creationTime,
                disks: Self.disks(of: document, name),
                definition: digest),
            claimsCurrent: document.isCurrent == true,
            domainName: document.domain?.name, domainUUID: document.domain?.uuid,
            folder: library.folderName)
    }
}
