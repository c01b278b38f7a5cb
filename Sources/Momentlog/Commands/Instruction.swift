public import CheckpointXML
import EventLog
public import Moments
import SQLiteEventLog

/// A command with everything that is needed to carry it out: its domain, its metadata, and the
/// definitions that it names.
///
/// ``CheckpointStore/perform(_:)-(Instruction)`` carries it out. Its documents are read when it is
/// created, so that an invalid one is refused at once.
public struct Instruction: Sendable {
    /// The command.
    public let command: Command

    /// The domain's name or UUID. For a `define`, the name in its document.
    public let domain: DomainReference

    /// Who requests it, why, and on what condition.
    public var submission: Submission

    /// The creation time of a new checkpoint; nil for the time when it is carried out.
    public var creationTime: CreationTime?

    /// The inspected images of the domain, which have to hold the data of redefined checkpoints;
    /// nil to redefine them without validation.
    public var validation: ImageReport?

    /// The rules of the local time zone, in which a `prune` counts.
    var zone = ZoneRules.utc

    /// The point in time of a `revert`, as the caller wrote it.
    var writtenMoment: String?

    /// The time of its commit; nil for the time when it is carried out.
    var time: Timestamp?

    /// Whether definitions are recorded without secrets, whatever the store's settings.
    public var stripsSecrets = false

    /// The definitions that the command names, each once.
    let definitions: [Definition]

    /// The disks in the definition of a `define`.
    let disks: [DomainDisk]?

    /// Creates an instruction of a command that names no definition.
    init(_ command: Command, on domain: DomainReference, by submission: Submission) {
        self.command = command
        self.domain = domain
        self.submission = submission
        definitions = []
        disks = nil
    }

    private init(
        _ command: Command, on domain: DomainReference, by submission: Submission,
        definitions: [Definition], disks: [DomainDisk]?
    ) {
        self.command = command
        self.domain = domain
        self.submission = submission
        self.definitions = definitions
        self.disks = disks
    }
}

extension Instruction {
    /// Returns an instruction to create a checkpoint below the current one.
    public static func create(
        _ request: CheckpointRequest, in domain: DomainReference, by submission: Submission
    ) -> Instruction {
        Instruction(.create(request), on: domain, by: submission)
    }

    /// Returns an instruction to create a checkpoint as a document describes it. The domain in the
    /// document is ignored, as in libvirt.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`; with `not-a-request` for a document that
    ///   has a creation time or a parent.
    public static func create(
        _ document: SourceDocument, in domain: DomainReference, by submission: Submission,
        limits: Limits = Limits()
    ) throws(MomentlogError) -> Instruction {
        .create(try document.request(limits: limits), in: domain, by: submission)
    }

    /// Returns an instruction to record the metadata in documents, all or none.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    public static func redefine(
        _ documents: [SourceDocument], in domain: DomainReference, by submission: Submission,
        limits: Limits = Limits()
    ) throws(MomentlogError) -> Instruction {
        let (redefinitions, definitions) = try redefinitions(of: documents, limits)
        return Instruction(
            .redefine(redefinitions), on: domain, by: submission, definitions: definitions,
            disks: nil)
    }

    /// Returns an instruction to record checkpoints that a hypervisor created, from the documents
    /// that it prints of them, in any order, all or none. An unknown domain is defined from the
    /// newest document with its definition.
    ///
    /// - Parameters:
    ///   - documents: The documents.
    ///   - domain: The domain's name or UUID.
    ///   - current: The checkpoint that becomes current; nil for the newest, as libvirt moves the
    ///     pointer.
    ///   - submission: Who requests it, why, and on what condition.
    ///   - limits: The limits for reading them.
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    public static func record(
        _ documents: [SourceDocument], in domain: DomainReference,
        makingCurrent current: CheckpointName? = nil,
        by submission: Submission, limits: Limits = Limits()
    ) throws(MomentlogError) -> Instruction {
        let (redefinitions, definitions) = try redefinitions(of: documents, limits)
        return Instruction(
            .record(redefinitions, current: current), on: domain, by: submission,
            definitions: definitions,
            disks: nil)
    }

    /// Returns an instruction to import the checkpoints of a library.
    ///
    /// - Parameter definitions: Those in its files, each once.
    static func adopt(
        _ adoption: Adoption, definitions: [Definition], by submission: Submission
    ) -> Instruction {
        Instruction(
            .adopt(adoption), on: DomainReference(adoption.owner.name), by: submission,
            definitions: definitions,
            disks: nil)
    }

    /// Returns an instruction to record what a libvirt has.
    ///
    /// - Parameter definitions: Those that were observed, each once.
    static func pull(
        _ pull: Pull, definitions: [Definition], by submission: Submission
    ) -> Instruction {
        Instruction(
            .pull(pull), on: DomainReference(pull.observed.name), by: submission,
            definitions: definitions,
            disks: nil)
    }

    private static func redefinitions(
        of documents: [SourceDocument], _ limits: Limits
    ) throws(MomentlogError) -> ([Redefinition], definitions: [Definition]) {
        var definitions: [Definition] = []
        var digests: Set<DefinitionDigest> = []
        var redefinitions: [Redefinition] = []
        for document in documents {
            let read = try document.checkpoint(as: .record, limits: limits)
            guard let name = read.name, let creationTime = read.creationTime else {
                throw document.refused("a redefined checkpoint must have a name and a time")
            }
            // Consecutive documents usually have the same definition.
            let definition = read.domain.map { domain in
                if let last = definitions.last, last.content == domain.bytes { return last }
                return Definition(domain.bytes)
            }
            if let definition, digests.insert(definition.digest).inserted {
                definitions.append(definition)
            }
            let checkpoint = Checkpoint(
                name: name, description: read.description, parent: read.parent,
                creationTime: creationTime, disks: read.disks, definition: definition?.digest)
            redefinitions.append(
                Redefinition(
                    checkpoint, domainUUID: read.domain?.uuid, domainName: read.domain?.name,
                    domainDisks: read.domain?.disks ?? [],
                    claimsCurrent: read.isCurrent))
        }
        return (redefinitions, definitions)
    }

    /// The definition of a domain in a record.
    struct RecordedDefinition {
        /// The name that the domain gets.
        var name: String
        /// The UUID in the newest definition, if it has one.
        var uuid: DomainUUID?
    }

    /// The definition of an unknown domain in a record; nil if there is none, or it is another
    /// command.
    var recordedDefinition: RecordedDefinition? {
        guard case .record(let checkpoints, _) = command,
            let newest = checkpoints.filter({ $0.checkpoint.definition != nil })
                .max(by: { $0.checkpoint.creationTime < $1.checkpoint.creationTime })
        else { return nil }
        // The caller's name for the domain counts: the one in a checkpoint may be an old one.
        let isUUID = domain.uuid != nil
        return RecordedDefinition(
            name: isUUID ? newest.domainName ?? domain.text : domain.text, uuid: newest.domainUUID)
    }

    /// The UUIDs in the definitions of a record's or a redefinition's documents, each once; none
    /// for another command.
    var documentUUIDs: [DomainUUID] {
        switch command {
        case .record(let documents, _), .redefine(let documents):
            var seen: Set<DomainUUID> = []
            return documents.compactMap(\.domainUUID).filter { seen.insert($0).inserted }
        default: return []
        }
    }

    /// Returns an instruction to acknowledge a finding of a checkpoint that has no repair.
    public static func acknowledge(
        _ finding: Finding.Kind, of checkpoint: CheckpointName, in domain: DomainReference,
        by submission: Submission
    ) -> Instruction {
        Instruction(
            .acknowledge(Acknowledgement(finding, of: checkpoint)), on: domain, by: submission)
    }

    /// Returns an instruction to delete the metadata of a checkpoint, of all its descendants, or
    /// both.
    public static func delete(
        _ checkpoint: CheckpointName, including scope: DeletionScope = .checkpoint,
        from domain: DomainReference,
        by submission: Submission
    ) -> Instruction {
        Instruction(.delete(checkpoint, scope), on: domain, by: submission)
    }

    /// Returns an instruction to delete the metadata of several checkpoints, all or none.
    public static func delete(
        _ checkpoints: [CheckpointName], from domain: DomainReference, by submission: Submission
    ) -> Instruction {
        Instruction(.deleteEach(checkpoints), on: domain, by: submission)
    }

    /// Returns an instruction to move the current pointer to a checkpoint, or to none.
    public static func setCurrent(
        _ checkpoint: CheckpointName?, in domain: DomainReference, by submission: Submission
    ) -> Instruction {
        Instruction(.setCurrent(checkpoint), on: domain, by: submission)
    }

    /// Returns an instruction to repair the errors of a domain's graph.
    public static func repair(
        _ repair: Repair = Repair(), in domain: DomainReference, by submission: Submission
    ) -> Instruction {
        Instruction(.repair(repair), on: domain, by: submission)
    }

    /// Returns an instruction to record the result of inspecting a domain's disk images.
    ///
    /// - Parameters:
    ///   - report: What the images hold.
    ///   - time: The time of the inspection, in seconds since 1970-01-01T00:00:00Z; nil for the
    ///     time when it is carried out.
    ///   - domain: The domain's name or UUID.
    ///   - submission: Who requests it, why, and on what condition.
    public static func observe(
        _ report: ImageReport, at time: Int64? = nil, in domain: DomainReference,
        by submission: Submission
    ) -> Instruction {
        var instruction = Instruction(.observe(report), on: domain, by: submission)
        instruction.creationTime = time.map { CreationTime(seconds: $0) }
        return instruction
    }

    /// Returns an instruction to define a domain, or change its definition, from the output of
    /// `virsh dumpxml --inactive --security-info`.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    public static func define(
        _ document: SourceDocument, by submission: Submission, limits: Limits = Limits()
    ) throws(MomentlogError) -> Instruction {
        let read = try document.domain(limits: limits)
        let name = read.name ?? ""
        let definition = Definition(read.bytes)
        return Instruction(
            .define(name: name, uuid: read.uuid, definition: definition.digest),
            on: DomainReference(name), by: submission, definitions: [definition], disks: read.disks)
    }

    /// Returns an instruction to rename a domain.
    public static func rename(
        _ domain: DomainReference, to name: String, by submission: Submission
    ) -> Instruction {
        Instruction(.rename(to: name), on: domain, by: submission)
    }

    /// Returns an instruction to undefine a domain; its history stays.
    ///
    /// - Parameters:
    ///   - domain: The domain's name or UUID.
    ///   - deletingCheckpoints: Whether its remaining checkpoints are deleted as well.
    ///   - submission: Who requests it, why, and on what condition.
    public static func undefine(
        _ domain: DomainReference, deletingCheckpoints: Bool = false, by submission: Submission
    ) -> Instruction {
        Instruction(
            .undefine(deletingCheckpoints: deletingCheckpoints), on: domain, by: submission)
    }
}

extension Instruction {
    /// Returns the instruction with definitions without secrets.
    ///
    /// - Complexity: O(*n*) in the definitions and the redefinitions.
    func withoutSecrets() -> Instruction {
        guard !definitions.isEmpty else { return self }
        var contents: [Definition] = []
        var digests: [DefinitionDigest: DefinitionDigest] = [:]
        for definition in definitions {
            let stripped = Definition(DomainSecrets.removed(from: definition.content))
            digests[definition.digest] = stripped.digest
            contents.append(stripped)
        }
        var stripped = Instruction(
            command.replacingDefinitions(digests), on: domain, by: submission,
            definitions: contents, disks: disks)
        stripped.creationTime = creationTime
        stripped.time = time
        stripped.validation = validation
        stripped.stripsSecrets = stripsSecrets
        return stripped
    }
}

extension Command {
    fileprivate func replacingDefinitions(
        _ digests: [DefinitionDigest: DefinitionDigest]
    ) -> Command {
        switch self {
        case .define(name: let name, uuid: let uuid, definition: let definition):
            return .define(
                name: name, uuid: uuid, definition: digests[definition] ?? definition)
        case .redefine(let redefinitions):
            return .redefine(redefinitions.map { $0.replacingDefinition(digests) })
        case .record(let checkpoints, let current):
            return .record(
                checkpoints.map { $0.replacingDefinition(digests) }, current: current)
        case .adopt(let adoption):
            return .adopt(adoption.replacingDefinitions(digests))
        case .pull(let pull):
            return .pull(pull.replacingDefinitions(digests))
        case .create, .delete, .deleteEach, .setCurrent, .repair, .acknowledge, .observe, .revert,
            .prune,
            .rename, .undefine:
            return self
        }
    }
}

extension Redefinition {
    fileprivate func replacingDefinition(
        _ digests: [DefinitionDigest: DefinitionDigest]
    ) -> Redefinition {
        var replaced = self
        replaced.checkpoint.definition = checkpoint.definition.map { digests[$0] ?? $0 }
        return replaced
    }
}
