import CheckpointXML
import Moments

/// A library after all its files were read: what they say, and what is wrong with
/// them.
struct ReadLibrary: Sendable {
    /// A checkpoint and the file that it came from.
    struct Entry: Sendable {
        var file: CheckpointFile
        var sha256: String
        var checkpoint: Checkpoint
        var claimsCurrent: Bool
        var domainName: String?
        var domainUUID: DomainUUID?
    }

    let library: CheckpointLibrary

    private let stripsSecrets: Bool

    /// The checkpoints in the order of the files' names; until they are sorted out, also
    /// those of other domains and those that bear a name a second time.
    private(set) var entries: [Entry] = []

    /// The contents of the definitions in the files, each once.
    private(set) var definitions: [DefinitionDigest: [UInt8]] = [:]

    private(set) var skipped: [ImportReport.Skipped] = []
    private(set) var faults: [Fault] = []
    private(set) var filesRead = 0

    /// Something wrong with a file: a finding that does not know its domain yet.
    struct Fault: Sendable {
        var kind: Finding.Kind
        var checkpoint: String?
        var message: String
        var mend: String

        func finding(domain: String?) -> Finding {
            Finding(
                kind, domain: domain, checkpoints: checkpoint.map { [$0] } ?? [],
                message: message, mend: mend)
        }
    }

    /// Reads all files of a library.
    ///
    /// - Parameter stripsSecrets: Whether definitions are kept without their secrets.
    init(
        _ library: CheckpointLibrary, reader: CheckpointReader, stripsSecrets: Bool,
        progress: (Int) -> Void
    ) {
        self.library = library
        self.stripsSecrets = stripsSecrets
        for stray in library.strays { addStray(stray.path, stray.reason) }
        for unreadable in library.unreadable {
            filesRead += 1
            skip(
                CheckpointFile(path: unreadable.path, isNamed: false), .unreadableFile,
                unreadable.reason, mend: "rename it and import it again")
        }
        for file in library.files {
            progress(filesRead)
            filesRead += 1
            switch file.read(reader) {
            case .stray(let reason):
                filesRead -= 1
                addStray(file.path, reason)
            case .unreadable(let reason):
                skip(file, .unreadableFile, reason, mend: "correct the file and import it again")
            case .invalidName(let reason):
                skip(file, .invalidName, reason, mend: "give it a proper name and import it again")
            case .checkpoint(let document, let sha256):
                if let entry = entry(document, file, sha256) { entries.append(entry) }
            }
        }
    }

    /// Adds what another library of the same domain says.
    mutating func merge(_ other: ReadLibrary) {
        entries += other.entries
        definitions.merge(other.definitions) { known, _ in known }
        skipped += other.skipped
        faults += other.faults
        filesRead += other.filesRead
    }

    /// Drops all checkpoints but these.
    mutating func keepOnly(_ entries: [Entry]) { self.entries = entries }

    /// Skips the checkpoints whose name a file before theirs bears.
    mutating func skipDuplicates() {
        var first: [String: CheckpointFile] = [:]
        var kept: [Entry] = []
        for entry in entries {
            let name = entry.checkpoint.name
            if let taken = first[name] {
                skip(
                    entry.file, .duplicateName, checkpoint: name,
                    "checkpoint '\(name)' is in \(taken.path) already, which is taken",
                    mend: "remove one of the two files")
            } else {
                first[name] = entry.file
                kept.append(entry)
                noteFileName(of: name, in: entry.file)
            }
        }
        entries = kept
    }

    /// Skips the checkpoints that hold the definition of another domain.
    mutating func skipForeign(to uuid: DomainUUID) {
        for entry in entries {
            guard let other = entry.domainUUID, other != uuid else { continue }
            skip(
                entry.file, .foreignDomain, checkpoint: entry.checkpoint.name,
                "definition for checkpoint '\(entry.checkpoint.name)' must use uuid \(uuid),"
                    + " not \(other)",
                mend: "import it into its own domain: momentlog import"
                    + " \(ShellWord.quoted(entry.file.path)) --domain \(other)")
        }
        entries.removeAll { $0.domainUUID != nil && $0.domainUUID != uuid }
    }

    /// Skips a checkpoint that the store holds with other content.
    mutating func skipExisting(_ entry: Entry, domain: String, differences: String) {
        skipped.append(
            ImportReport.Skipped(
                path: entry.file.path, checkpoint: entry.checkpoint.name,
                code: MomentlogError.Code.exists.rawValue,
                reason: "checkpoint '\(entry.checkpoint.name)' already exists in domain"
                    + " '\(domain)' with another \(differences); --replace redefines it"))
    }

    // MARK: Reading

    private mutating func entry(
        _ document: CheckpointDocument, _ file: CheckpointFile, _ sha256: String
    ) -> Entry? {
        // The reader lets no record pass without them.
        guard let name = document.name, let creationTime = document.creationTime else { return nil }
        var digest: DefinitionDigest?
        if let domain = document.domain {
            let content =
                stripsSecrets ? DomainSecrets.removed(from: domain.bytes) : domain.bytes
            digest = DefinitionDigest(of: content)
            if let digest, definitions[digest] == nil { definitions[digest] = content }
        }
        return Entry(
            file: file, sha256: sha256,
            checkpoint: Checkpoint(
                name: name, description: document.description, parent: document.parent,
                creationTime: creationTime,
                disks: document.disks.map { disk in
                    var disk = disk
                    // As libvirt fills it in on redefine.
                    if disk.mode == .bitmap { disk.bitmap = disk.bitmap ?? name }
                    return disk
                },
                definition: digest),
            claimsCurrent: document.isCurrent == true,
            domainName: document.domain?.name, domainUUID: document.domain?.uuid)
    }

    private mutating func noteFileName(of name: String, in file: CheckpointFile) {
        guard file.name != name + ".xml" else { return }
        faults.append(
            Fault(
                kind: .nameDiffersFromFile, checkpoint: name,
                message: "\(file.path) holds checkpoint '\(name)', whose file is \(name).xml",
                mend: "none is needed here; libvirt would not remove this file with the"
                    + " checkpoint"))
    }

    private mutating func addStray(_ path: String, _ reason: String) {
        faults.append(
            Fault(
                kind: .strayFile, message: "\(path): \(reason)",
                mend: "none is needed; remove it if it is of no use"))
    }

    private mutating func skip(
        _ file: CheckpointFile, _ kind: Finding.Kind, checkpoint: String? = nil,
        _ reason: String, mend: String
    ) {
        skipped.append(
            ImportReport.Skipped(
                path: file.path, checkpoint: checkpoint, code: kind.rawValue, reason: reason))
        faults.append(
            Fault(
                kind: kind, checkpoint: checkpoint, message: "\(file.path): \(reason)",
                mend: mend))
    }
}
