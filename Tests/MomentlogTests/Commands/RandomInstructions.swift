import Momentlog
import Moments
import TestSupport

/// Instructions of all kinds about few domains and few names, so that many are refused and
/// many collide.
struct RandomInstructions {
    var generator: SplitMix64
    private let names: [CheckpointName] = (0..<7).map { "n\($0)" }
    private let by = StoreFixture.submission

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func batch() throws -> [Instruction] {
        try (0..<Int.random(in: 1...12, using: &generator)).map { _ in try next() }
    }

    mutating func next() throws -> Instruction {
        let domain = domain()
        switch Int.random(in: 0..<41, using: &generator) {
        case 0..<12:
            return .create(
                CheckpointRequest(name: name()), in: DomainReference(domain), by: submission())
        case 12..<24:
            let count = Int.random(in: 1...4, using: &generator)
            return try .redefine(
                (0..<count).map { _ in record() }, in: DomainReference(domain), by: submission())
        case 24..<31:
            return .delete(
                name(), including: pick(DeletionScope.allCases), from: DomainReference(domain),
                by: submission())
        case 31..<34:
            return .setCurrent(
                isChosen(1, of: 4) ? nil : name(), in: DomainReference(domain), by: submission())
        case 34..<37:
            return try .define(SourceDocument(definition()), by: submission())
        case 37: return .rename(DomainReference(domain), to: self.domain(), by: submission())
        case 38:
            let repair = Repair(parents: isChosen(1, of: 3) ? [name(): name()] : [:])
            return .repair(repair, in: DomainReference(domain), by: submission())
        default:
            return .undefine(
                DomainReference(domain), deletingCheckpoints: isChosen(1, of: 2), by: submission())
        }
    }

    /// A folder's files, with all the faults that files can have.
    mutating func faultyLibrary() -> [String: String] {
        var files: [String: String] = [:]
        for name in names where isChosen(2, of: 3) {
            files["\(name).xml"] = CheckpointText.document(
                name.text,
                parent: pick([nil, "lost", pick(names), pick(names), pick(names)])?.text,
                time: Int.random(in: 0..<4, using: &generator),
                extra: pick(["", "", "<current>1</current>", "<current>0</current>"]))
        }
        return files
    }

    mutating func isChosen(_ chances: Int, of all: Int) -> Bool {
        Int.random(in: 0..<all, using: &generator) < chances
    }

    private mutating func submission() -> Submission {
        Submission(
            actor: "me",
            expectedRevision: isChosen(1, of: 15)
                ? Int.random(in: 0..<20, using: &generator) : nil)
    }

    private mutating func record() -> SourceDocument {
        let parent = pick([nil, isChosen(1, of: 5) ? "lost" : nil, name(), name(), name()])
        return SourceDocument(
            CheckpointText.document(
                name().text, parent: parent?.text, time: Int.random(in: 0..<4, using: &generator),
                extra: pick(["", "", "", "", definition(), "<current>1</current>"])))
    }

    private mutating func definition() -> String {
        let name = domain()
        let digit: Character = name == "vm0" ? "a" : name == "vm1" ? "b" : "c"
        let disks = pick([["vda"], ["vda", "vdb"]])
        let guest = CheckpointText.guest(
            name, digit: isChosen(1, of: 10) ? "d" : digit, disks: disks)
        return isChosen(1, of: 10) ? guest.replacing(/<uuid>.*<\/uuid>/, with: "") : guest
    }

    private mutating func domain() -> String { pick(["vm0", "vm0", "vm0", "vm1", "vm2"]) }

    private mutating func name() -> CheckpointName { pick(names) }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }
}
