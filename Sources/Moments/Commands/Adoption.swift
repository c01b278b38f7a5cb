/// The documents of one domain that were read from a library, to be imported into the record.
///
/// It contains no decisions: `decide` chooses the documents to import.
public struct Adoption: Sendable, Hashable {
    /// The path of the library, for messages.
    public var place: String

    /// The readable checkpoints, including those of other domains and those whose name several
    /// documents have.
    public var documents: [Document]

    /// What else was found in the library.
    public var others: [FoundDocument]

    /// The domain that the documents belong to.
    public var owner: DocumentOwner

    /// The names of the folders that were read.
    public var folders: [String]

    /// The current pointers that folders state.
    public var pointers: [Pointer]

    /// Whether the folders were read completely, rather than single documents of them.
    public var isWhole: Bool

    /// The disks in the definitions that the documents hold.
    public var disks: [DefinitionDigest: [DomainDisk]]

    /// Whether a document replaces a recorded checkpoint with other content.
    public var replaces: Bool

    /// A checkpoint and the file that it was read from.
    public struct Document: Sendable, Hashable {
        /// The metadata, its disks as they are recorded.
        public var checkpoint: Checkpoint

        /// Whether the document states that its checkpoint is the current one.
        public var claimsCurrent: Bool

        /// The domain's name in the definition that the document holds.
        public var domainName: String?

        /// The domain's UUID in the definition that the document holds.
        public var domainUUID: DomainUUID?

        /// The path of the file, for messages.
        public var place: String

        /// The file's name.
        public var name: String

        /// The name of the folder that the file is in.
        public var folder: String

        /// The SHA-256 of the file's bytes in hexadecimal digits.
        public var sha256: String

        /// Creates a document.
        public init(
            _ checkpoint: Checkpoint, claimsCurrent: Bool = false, domainName: String? = nil,
            domainUUID: DomainUUID? = nil, place: String, name: String, folder: String,
            sha256: String
        ) {
            self.checkpoint = checkpoint
            self.claimsCurrent = claimsCurrent
            self.domainName = domainName
            self.domainUUID = domainUUID
            self.place = place
            self.name = name
            self.folder = folder
            self.sha256 = sha256
        }
    }

    /// The current pointer that a folder states.
    public struct Pointer: Sendable, Hashable {
        /// The folder's name.
        public var folder: String

        /// The current checkpoint; nil if the folder states that there is none.
        public var checkpoint: CheckpointName?

        /// Creates a pointer.
        public init(folder: String, checkpoint: CheckpointName?) {
            self.folder = folder
            self.checkpoint = checkpoint
        }
    }

    /// Creates an adoption.
    public init(
        of documents: [Document], others: [FoundDocument] = [], owner: DocumentOwner,
        place: String, folders: [String] = [], pointers: [Pointer] = [], isWhole: Bool = false,
        disks: [DefinitionDigest: [DomainDisk]] = [:], replaces: Bool = false
    ) {
        self.documents = documents
        self.others = others
        self.owner = owner
        self.place = place
        self.folders = folders
        self.pointers = pointers
        self.isWhole = isWhole
        self.disks = disks
        self.replaces = replaces
    }
}

extension Adoption {
    /// The names of all checkpoints that have a file, whether it can be taken over or not.
    ///
    /// - Complexity: O(*n*) in the files.
    var namesOfFiles: Set<CheckpointName> {
        var names = Set(documents.map(\.checkpoint.name))
        for document in others where document.name.hasSuffix(".xml") {
            names.insert(CheckpointName(String(document.name.dropLast(4))))
        }
        return names
    }

    /// Returns the current pointer to restore: that of the domain's own folder, else the one on
    /// which all folders agree. Nil if there is none.
    func pointer(of domain: String) -> Pointer? {
        let own = pointers.filter { DomainName.isSame($0.folder, domain) }
        // Another folder's pointer does not apply to the domain's own folder.
        let hasOwnFolder = folders.contains { DomainName.isSame($0, domain) }
        let stated = own.isEmpty && !hasOwnFolder ? pointers : own
        return Set(stated.map(\.checkpoint)).count == 1 ? stated.first : nil
    }

    /// Returns the adoption with other definitions.
    ///
    /// - Complexity: O(*n*) in the documents.
    package func replacingDefinitions(
        _ digests: [DefinitionDigest: DefinitionDigest]
    ) -> Adoption {
        var replaced = self
        for index in documents.indices {
            let digest = documents[index].checkpoint.definition
            replaced.documents[index].checkpoint.definition = digest.map { digests[$0] ?? $0 }
        }
        replaced.disks = [:]
        for (digest, disks) in disks { replaced.disks[digests[digest] ?? digest] = disks }
        return replaced
    }
}

extension Sequence<Adoption.Document> {
    /// Returns the youngest document.
    func youngest() -> Adoption.Document? {
        self.max {
            ($0.checkpoint.creationTime, $0.checkpoint.name)
                < ($1.checkpoint.creationTime, $1.checkpoint.name)
        }
    }

    /// The domain's definition in the youngest document that holds one.
    var youngestDefinition: DefinitionDigest? {
        filter { $0.checkpoint.definition != nil }.youngest()?.checkpoint.definition
    }
}
