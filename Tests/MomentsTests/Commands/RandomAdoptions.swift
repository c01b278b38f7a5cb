import Moments
import TestSupport
import Testing

/// Libraries of few checkpoints, so that most rules are met: documents of other domains, names
/// that come twice or are not allowed, missing parents, cycles and several claims.
struct RandomAdoptions {
    var generator: SplitMix64
    private var count = 0

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    /// The next library, of this domain or another.
    mutating func adoption() throws -> Adoption {
        let documents = (0..<Int.random(in: 0...6, using: &generator)).map { _ in document() }
        let folder = pick(["vm1", "vm1", "vm2", "a/b", ""])
        let beside = isChosen(1, of: 6) ? (name: "vm1" as String?, uuid: Guest.uuid) : nil
        var owner: DocumentOwner?
        while owner == nil {
            owner = try? DocumentOwner(
                of: documents, at: "/lib", folder: folder, isNamedByFolder: isChosen(1, of: 2),
                beside: beside,
                asked: pick([nil, nil, "vm1", Guest.uuid.map { DomainReference($0) }]))
        }
        return Adoption(
            of: documents,
            others: isChosen(1, of: 8)
                ? [FoundDocument(place: "/lib/x", name: "x", content: .unreadable(reason: "no"))]
                : [],
            owner: try #require(owner), place: "/lib", folders: [folder],
            pointers: isChosen(1, of: 4)
                ? [Adoption.Pointer(folder: folder, checkpoint: pick([nil, name()]))] : [],
            isWhole: isChosen(1, of: 2),
            disks: [try #require(Guest.digest(2)): Guest.disks], replaces: isChosen(1, of: 2))
    }

    private mutating func document() -> Adoption.Document {
        count += 1
        let name = isChosen(1, of: 30) ? "a/b" : name()
        let hasDefinition = isChosen(1, of: 2)
        let time = isChosen(1, of: 30) ? -1 : Int64.random(in: 0..<5, using: &generator)
        let checkpoint = Checkpoint(
            name: name, description: isChosen(1, of: 30) ? "\u{1}" : nil,
            parent: pick([nil, self.name(), self.name(), isChosen(1, of: 3) ? "ghost" : nil]),
            creationTime: CreationTime(seconds: time),
            disks: hasDefinition
                ? [
                    Disk(name: "vda", mode: .bitmap, bitmap: name.text),
                    Disk(name: "vdb", mode: .no),
                ]
                : [],
            definition: hasDefinition ? Guest.digest(2) : nil)
        let uuid = isChosen(1, of: 6) ? nil : Guest.uuid(isChosen(1, of: 6) ? 2 : 1)
        return Adoption.Document(
            checkpoint, claimsCurrent: isChosen(1, of: 5),
            domainName: hasDefinition ? pick(["vm1", "vm2"]) : nil,
            domainUUID: hasDefinition ? uuid : nil,
            place: "/lib/\(pick(["x", "y"]))/\(name).xml", name: "\(name).xml",
            folder: pick(["vm1", "vm2"]), sha256: "\(count)")
    }

    private mutating func name() -> CheckpointName { pick(["c1", "c2", "c3", "c4"]) }

    mutating func isChosen(_ chances: Int, of all: Int) -> Bool {
        Int.random(in: 0..<all, using: &generator) < chances
    }

    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }
}
