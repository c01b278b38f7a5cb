public import CheckpointXML
import EventLog
public import Moments
import SQLiteEventLog

/// A command with all that it takes to carry it out: whose domain it is about, how it
/// comes in, and the definitions that it names.
///
/// ``CheckpointStore/perform(_:)-(Instruction)`` carries it out. The documents that it
/// is made of are read when it is made, so that a wrong one is refused at once.
public struct Instruction: Sendable {
    /// What is wanted.
    public let command: Command

    /// The domain's name or UUID. For a `define`, the name in its document.
    public let domain: String

    /// How it comes in.
    public var submission: Submission

    /// The creation time of a checkpoint that it creates, in seconds since
    /// 1970-01-01T00:00:00Z; nil for the time when it is carried out.
    public var creationTime: Int64?

    /// What was seen of the domain's images, in which the data of checkpoints that it
    /// redefines has to be; nil to redefine them whatever became of it.
    public var validation: ImageReport?

    /// The rules of local time, in which a `prune` counts.
    var zone = ZoneRules.utc

    /// The point in time of a `revert`, as the caller wrote it.
    var writtenMoment: String?

    /// The time of its commit; nil for the time when it is carried out.
    var time: Timestamp?

    /// Whether definitions are recorded without the secrets in them, whatever the store's
    /// settings say.
    public var stripsSecrets = false

    /// The definitions that the command names, each once.
    let definitions: [Definition]

    /// The disks in the definition of a `define`.
    let disks: [DomainDisk]?

    /// Makes an instruction of a command that names no definition.
    init(_ command: Command, on domain: String, by submission: Submission) {
        self.command = command
        self.domain = domain
        self.submission = submission
        definitions = []
        disks = nil
    }

    private init(
        _ command: Command, on domain: String, by submission: Submission,
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
    /// To make a new checkpoint below the current one.
    public static func create(
        _ request: CheckpointRequest, in domain: String, by submission: Submission
    ) -> Instruction {
        Instruction(.create(request), on: domain, by: submission)
    }

    /// To make a new checkpoint as a document describes it. The domain in the document does not
    /// count, as in libvirt.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`; with `not-a-request` for a document that
    ///   has a creation time or a parent.
    public static func create(
        _ document: SourceDocument, in domain: String, by submission: Submission,
        limits: Limits = Limits()
    ) throws(MomentlogError) -> Instruction {
        .create(try document.request(limits: limits), in: domain, by: submission)
    }

    /// To put the metadata in documents into the record, all or none.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    public static func redefine(
        _ documents: [SourceDocument], in domain: String, by submission: Submission,
        limits: Limits = Limits()
    ) throws(MomentlogError) -> Instruction {
        let (redefinitions, definitions) = try redefinitions(of: documents, limits)
        return Instruction(
            .redefine(redefinitions), on: domain, by: submission, definitions: definitions,
            disks: nil)
    }

    /// To record checkpoints that a hypervisor made, from the documents that it prints of them,
    /// in any order, all or none. A domain that is not known is defined from the newest
    /// document that holds its definition.
    ///
    /// - Parameter current: The checkpoint that becomes current; nil for the newest, as libvirt
    ///   moves the pointer.
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    public static func record(
        _ documents: [SourceDocument], in domain: String, makingCurrent current: String? = nil,
        by submission: Submission, limits: Limits = Limits()
    ) throws(MomentlogError) -> Instruction {
        let (redefinitions, definitions) = try redefinitions(of: documents, limits)
        return Instruction(
            .record(redefinitions, current: current), on: domain, by: submission,
            definitions: definitions,
            disks: nil)
    }

    /// To take over the checkpoints of a library that was read.
    ///
    /// - Parameter definitions: Those in its files, each once.
    static func adopt(
        _ adoption: Adoption, definitions: [Definition], by submission: Submission
    ) -> Instruction {
        Instruction(
            .adopt(adoption), on: adoption.owner.name, by: submission, definitions: definitions,
            disks: nil)
    }

    /// To take what a libvirt has into the record.
    ///
    /// - Parameter definitions: Those that were observed, each once.
    static func pull(
        _ pull: Pull, definitions: [Definition], by submission: Submission
    ) -> Instruction {
        Instruction(
            .pull(pull), on: pull.observed.name, by: submission, definitions: definitions,
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
            // Documents that follow each other mostly hold the same definition.
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

    /// What a record says of the domain.
    struct RecordedDefinition {
        /// The name that the domain gets.
        var name: String
        /// The UUID in the newest definition, if it has one.
        var uuid: DomainUUID?
    }

    /// What a record says of a domain that is not known; nil if it says nothing, or it is
    /// another command.
    var recordedDefinition: RecordedDefinition? {
        guard case .record(let checkpoints, _) = command,
            let newest = checkpoints.filter({ $0.checkpoint.definition != nil })
                .max(by: { $0.checkpoint.creationTime < $1.checkpoint.creationTime })
        else { return nil }
        // A name is what the caller calls the domain: the one in a checkpoint may be an old one.
        let isUUID = DomainUUID(domain) != nil
        return RecordedDefinition(
            name: isUUID ? newest.domainName ?? domain : domain, uuid: newest.domainUUID)
    }

    /// To take note of a finding of a checkpoint that has no repair.
    public static func acknowledge(
        _ finding: Finding.Kind, of checkpoint: String, in domain: String,
        by submission: Submission
    ) -> Instruction {
        Instruction(
            .acknowledge(Acknowledgement(finding, of: checkpoint)), on: domain, by: submission)
    }

    /// To delete a checkpoint's metadata, that of all below it, or both.
    public static func delete(
        _ checkpoint: String, including scope: DeletionScope = .checkpoint, from domain: String,
        by submission: Submission
    ) -> Instruction {
        Instruction(.delete(checkpoint, scope), on: domain, by: submission)
    }

    /// To delete the metadata of several checkpoints, all or none.
    public static func delete(
        _ checkpoints: [String], from domain: String, by submission: Submission
    ) -> Instruction {
        Instruction(.deleteEach(checkpoints), on: domain, by: submission)
    }

    /// To move the current pointer to a checkpoint, or to none.
    public static func setCurrent(
        _ checkpoint: String?, in domain: String, by submission: Submission
    ) -> Instruction {
        Instruction(.setCurrent(checkpoint), on: domain, by: submission)
    }

    /// To repair what is wrong with a domain's graph.
    public static func repair(
        _ repair: Repair = Repair(), in domain: String, by submission: Submission
    ) -> Instruction {
        Instruction(.repair(repair), on: domain, by: submission)
    }

    /// To note what was seen of a domain's disk images.
    ///
    /// - Parameter time: When they were looked at, in seconds since 1970-01-01T00:00:00Z; nil
    ///   for the time when it is carried out.
    public static func observe(
        _ report: ImageReport, at time: Int64? = nil, in domain: String, by submission: Submission
    ) -> Instruction {
        var instruction = Instruction(.observe(report), on: domain, by: submission)
        instruction.creationTime = time
        return instruction
    }

    /// To make a domain known, or change its definition, as `virsh dumpxml --inactive
    /// --security-info` prints it.
    ///
    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    public static func define(
        _ document: SourceDocument, by submission: Submission, limits: Limits = Limits()
    ) throws(MomentlogError) -> Instruction {
        let read = try document.domain(limits: limits)
        let name = read.name ?? ""
        let definition = Definition(read.bytes)
        return Instruction(
            .define(name: name, uuid: read.uuid, definition: definition.digest), on: name,
            by: submission, definitions: [definition], disks: read.disks)
    }

    /// To give a domain another name.
    public static func rename(
        _ domain: String, to name: String, by submission: Submission
    ) -> Instruction {
        Instruction(.rename(to: name), on: domain, by: submission)
    }

    /// To end a domain; its history stays.
    ///
    /// - Parameter deletingCheckpoints: Whether checkpoints that it still has go as well.
    public static func undefine(
        _ domain: String, deletingCheckpoints: Bool = false, by submission: Submission
    ) -> Instruction {
        Instruction(
            .undefine(deletingCheckpoints: deletingCheckpoints), on: domain, by: submission)
    }
}

extension Instruction {
    /// The same with definitions that hold no secrets.
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
