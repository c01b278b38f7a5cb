import Moments
import TestSupport

/// Commands about few names of checkpoints, disks and domains, so that most rules are
/// met: some hold, most are broken now and then.
struct RandomCommands {
    var generator: SplitMix64
    let names: [CheckpointName]

    init(seed: UInt64, names: Int) {
        generator = SplitMix64(seed: seed)
        self.names = (0..<names).map { "n\($0)" }
    }

    mutating func context(for domain: Domain) -> DecisionContext {
        DecisionContext(
            creationTime: CreationTime(
                seconds: isChosen(1, of: 40) ? -1 : Int64.random(in: 0..<5, using: &generator)),
            disks: isChosen(1, of: 20) ? nil : Guest.disks + [Guest.readOnly],
            nameHolder: isChosen(1, of: 5) ? .init(uuid: Guest.uuid(9)) : nil,
            expectedRevision: isChosen(1, of: 20)
                ? domain.revision + (isChosen(1, of: 2) ? 1 : 0) : nil)
    }

    mutating func command(for domain: Domain) -> Command {
        guard domain.isLive || isChosen(1, of: 4) else { return define() }
        switch Int.random(in: 0..<56, using: &generator) {
        case 0..<12: return .create(request())
        case 12..<24:
            let count = isChosen(1, of: 30) ? 0 : Int.random(in: 1...4, using: &generator)
            return .redefine((0..<count).map { _ in redefinition() })
        case 24..<33:
            return .delete(
                name(), DeletionScope.allCases.randomElement(using: &generator) ?? .checkpoint)
        case 33..<36: return .setCurrent(isChosen(1, of: 4) ? nil : name())
        case 36: return define()
        case 37, 54: return .rename(to: domainName())
        case 38: return .repair(repair())
        case 39: return .observe(report())
        case 40..<47:
            return .record(
                (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                    redefinition()
                })
        case 47..<54:
            let reused = names.first { domain.graph.replacedTime(of: $0) != nil }
            return .acknowledge(Acknowledgement(.nameReused, of: reused ?? name()))
        default: return .undefine(deletingCheckpoints: isChosen(1, of: 3))
        }
    }

    /// Checkpoints without definitions and disks: only their links decide.
    mutating func redefinitions() -> [Redefinition] {
        (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            var redefinition = redefinition()
            redefinition.checkpoint.definition = nil
            redefinition.checkpoint.disks = []
            return redefinition
        }
    }

    private mutating func request() -> CheckpointRequest {
        let name = isChosen(1, of: 10) ? nil : isChosen(1, of: 20) ? "a/b" : self.name()
        return CheckpointRequest(name: name, disks: disks())
    }

    private mutating func redefinition() -> Redefinition {
        let name = name()
        let parents = [nil, isChosen(1, of: 4) ? "ghost" : nil, self.name(), self.name()]
        let hasDefinition = isChosen(1, of: 3)
        return Redefinition(
            Checkpoint(
                name: name, parent: parents.randomElement(using: &generator) ?? nil,
                creationTime: CreationTime(seconds: Int64.random(in: 0..<5, using: &generator)),
                disks: disks(),
                definition: hasDefinition ? Guest.digest(2) : nil),
            domainUUID: Guest.uuid(isChosen(1, of: 4) ? 2 : 1), domainDisks: Guest.disks,
            claimsCurrent: [nil, nil, nil, nil, nil, nil, false, true].randomElement(
                using: &generator) ?? nil)
    }

    /// Images in which each bitmap is there or not, by chance.
    private mutating func report() -> ImageReport {
        var report = ImageReport()
        for disk in ["vda", "vdb", isChosen(1, of: 8) ? "vdx" : "vdb"] {
            let bitmaps = (0..<3).map { _ in
                DirtyBitmap(name: name().text, isRecording: isChosen(3, of: 4))
            }
            try? report.add(ImageChain(DiskImage(path: "/\(disk)", bitmaps: bitmaps)), of: disk)
        }
        return report
    }

    private mutating func repair() -> Repair {
        Repair(
            parents: isChosen(1, of: 2) ? [name(): name()] : [:],
            current: isChosen(1, of: 4) ? name() : nil)
    }

    private mutating func disks() -> [Disk] {
        (0..<(isChosen(1, of: 2) ? 0 : Int.random(in: 1...3, using: &generator))).map { _ in
            Disk(
                name: ["vda", "vdb", "sda", "/images/a.qcow2", "vdz"]
                    .randomElement(using: &generator) ?? "vda",
                mode: isChosen(1, of: 3) ? .no : .bitmap,
                bitmap: isChosen(1, of: 5) ? name().text : nil)
        }
    }

    private mutating func define() -> Command {
        let uuid = Guest.uuid(isChosen(1, of: 4) ? 2 : 1)
        let byte = UInt8.random(in: 1...2, using: &generator)
        guard let definition = Guest.digest(byte) else { return .setCurrent(nil) }
        return .define(
            name: domainName(), uuid: isChosen(1, of: 4) ? nil : uuid, definition: definition)
    }

    private mutating func domainName() -> String {
        ["vm1", "vm1", "vm2", ""].randomElement(using: &generator) ?? "vm1"
    }

    private mutating func name() -> CheckpointName {
        names.randomElement(using: &generator) ?? "n0"
    }

    private mutating func isChosen(_ chances: Int, of all: Int) -> Bool {
        Int.random(in: 0..<all, using: &generator) < chances
    }
}
