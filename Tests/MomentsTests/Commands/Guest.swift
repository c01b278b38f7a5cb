import Moments
import Testing

/// What tests of decisions decide about: a guest with a UUID, a definition and disks.
enum Guest {
    static let uuid = uuid(1)
    static let definition = digest(1)

    /// Two disks that a checkpoint can cover, and three that it cannot.
    static let disks = [
        DomainDisk(target: "vda", source: "/images/a.qcow2", format: "qcow2"),
        DomainDisk(target: "vdb", source: "/images/b.qcow2", format: "qcow2"),
    ]
    static let readOnly = DomainDisk(
        target: "sda", source: "/images/cd.iso", format: "raw", isReadOnly: true)
    static let empty = DomainDisk(target: "sdb", format: "raw", isEmpty: true)
    static let raw = DomainDisk(target: "vdc", source: "/images/c.raw")

    static func uuid(_ digit: Int) -> DomainUUID? {
        DomainUUID(String(repeating: "\(digit)", count: 32))
    }

    static func digest(_ byte: UInt8) -> DefinitionDigest? {
        DefinitionDigest(bytes: [UInt8](repeating: byte, count: 32))
    }
}

extension DecisionContext {
    /// What is known of ``Guest`` at the second 100.
    static func guest(
        at time: Int64 = 100, disks: [DomainDisk]? = Guest.disks,
        nameHolder: NameHolder? = nil, expectedRevision: Int? = nil
    ) -> DecisionContext {
        DecisionContext(
            creationTime: CreationTime(seconds: time), disks: disks, nameHolder: nameHolder,
            expectedRevision: expectedRevision)
    }
}

extension Domain {
    /// A live domain named vm1 with the checkpoints of a sketch.
    static func guest(
        _ sketch: String = "", current: String? = nil, uuid: DomainUUID? = Guest.uuid,
        definition: DefinitionDigest? = Guest.definition
    ) throws -> Domain {
        var domain = Domain(name: "vm1")
        try domain.apply(.domainDefined(name: "vm1", uuid: uuid, definition: definition))
        for word in sketch.split(separator: " ") {
            try domain.apply(domain.graph.redefinition(String(word)))
        }
        if let current { try domain.apply(.currentSet(CheckpointName(current))) }
        return domain
    }

    /// Decides a command and applies its events; returns them in the words of
    /// ``Moments/Event/words``.
    @discardableResult
    mutating func carryOut(
        _ command: Command, in context: DecisionContext = .guest(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let events = try decide(command, for: self, in: context)
        beginCommit()
        for event in events {
            try applyUnsettled(event)
            resolveCycles()
            #expect(graph.brokenInvariants() == [], sourceLocation: sourceLocation)
        }
        return events.words
    }

    /// Expects a command to be refused with a code, a message that contains a text,
    /// and a hint.
    func expectRefusal(
        _ command: Command, in context: DecisionContext = .guest(), _ code: MomentlogError.Code,
        _ message: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: MomentlogError.self, sourceLocation: sourceLocation) {
            try decide(command, for: self, in: context)
        }
        guard let error else { return }
        #expect(error.code == code, sourceLocation: sourceLocation)
        #expect(
            error.message.contains(message), "\(error.message)", sourceLocation: sourceLocation)
        #expect(error.hint?.isEmpty == false, sourceLocation: sourceLocation)
    }
}

extension Sequence<Redefinition> {
    /// The redefinitions of a sketch; see there. A `*` is a document that says that its
    /// checkpoint is current.
    static func sketch(_ sketch: String) throws -> [Redefinition] {
        try sketch.split(separator: " ").map { word in
            switch try MomentGraph().redefinition(String(word)) {
            case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
                Redefinition(checkpoint, claimsCurrent: claims ? true : nil)
            default: throw InvalidSketch()
            }
        }
    }
}

struct InvalidSketch: Error {}

extension Command {
    /// To redefine the checkpoints of a sketch.
    static func redefine(_ sketch: String) throws -> Command {
        .redefine(try [Redefinition].sketch(sketch))
    }

    /// To record the checkpoints of a sketch.
    static func record(_ sketch: String) throws -> Command {
        .record(try [Redefinition].sketch(sketch))
    }
}

extension Sequence<Event> {
    /// Events in short: `redefined b<-a, current b`. What a redefined checkpoint
    /// claims has no part in a decision, so that it stands out: `redefined b<-a*`.
    var words: String {
        map { event in
            switch event {
            case .domainDefined(name: let name, uuid: _, definition: _): "defined \(name)"
            case .domainRenamed(to: let name): "renamed \(name)"
            case .domainUndefined: "undefined"
            case .checkpointCreated(let checkpoint): "created \(checkpoint.link)"
            case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
                "redefined \(checkpoint.link)" + (claims ? "*" : "")
            case .checkpointDeleted(let name): "deleted \(name)"
            case .currentSet(let name): "current \(name ?? "none")"
            case .bitmapObserved(let seen):
                "\(seen.checkpoint ?? "-") \(seen.disk) \(seen.verdict.rawValue)"
            case .findingAcknowledged(let acknowledgement):
                "acknowledged \(acknowledgement.finding.rawValue) of"
                    + " \(acknowledgement.checkpoint)"
            case .settingsChanged: "changed a setting"
            case .lossAccepted: "accepted a loss"
            }
        }.joined(separator: ", ")
    }
}

extension Checkpoint {
    fileprivate var link: String { name.text + (parent.map { "<-\($0)" } ?? "") }
}

extension Sequence<Disk> {
    /// Disks in short: `vda:c1 vdb:no`, the bitmap after the colon.
    var words: String {
        map { disk in
            switch disk.mode {
            case .no: disk.name + ":no" + (disk.bitmap.map { "=" + $0 } ?? "")
            case .bitmap: disk.name + ":" + (disk.bitmap ?? "")
            }
        }.joined(separator: " ")
    }

    /// The disks of a text such as `vda vdb:c1 vdc:no`.
    static func sketch(_ sketch: String) -> [Disk] {
        sketch.split(separator: " ").map { word in
            let parts = word.split(separator: ":").map(String.init)
            let bitmap = parts.count > 1 ? parts[1] : nil
            return bitmap == "no"
                ? Disk(name: parts[0], mode: .no) : Disk(name: parts[0], bitmap: bitmap)
        }
    }
}
