import TestSupport
import Testing

@testable import Moments

struct StrictSnapshotTests {
    @Test("A snapshot of which everything agrees is decoded, and encodes to the same bytes")
    func sound() throws {
        let bytes = SketchedSnapshot.sound.bytes
        let domain = try #require(DomainSnapshot.decode(bytes))
        #expect(domain.graph.brokenInvariants() == [])
        #expect(DomainSnapshot.encode(domain) == bytes)
        #expect(domain.graph.names() == ["c1", "c2", "c3", "c4"])
        #expect(domain.graph.currentClaims == ["c3", "c4"])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout SketchedSnapshot) -> Void

        init(_ text: String, _ change: @escaping @Sendable (inout SketchedSnapshot) -> Void) {
            testDescription = text
            self.change = change
        }
    }

    private static let names: [Case] = [
        Case("two checkpoints of one name") { $0.nodes[2].name = Array("c1".utf8) },
        Case("two checkpoints of one name and time") { $0.nodes[1].name = Array("c1".utf8) },
        Case("a missing name that a checkpoint has") { $0.absent[0] = "c1" },
        Case("a missing name twice") { $0.absent[1] = "ghost" },
        Case("missing names in another order") { $0.absent.swapAt(0, 1) },
        Case("a missing name that is nobody's parent") { $0.nodes[3].parent = 5 },
        Case("checkpoints of one time in another order") { $0.nodes.swapAt(2, 3) },
        Case("checkpoints in another order than that of time") { $0.nodes[1].time = 0 },
        Case("a name that is not UTF-8") { $0.nodes[0].name = [0xC3, 0x28] },
        Case("an overlong form of a name") { $0.nodes[0].name = [0xC1, 0xA3] },
    ]

    private static let links: [Case] = [
        Case("a parent that is missing") { $0.nodes[3].parent = 7 },
        Case("a parent below all") { $0.nodes[0].parent = -1 },
        Case("a parent beyond all") { $0.nodes[0].parent = .max },
        Case("a current that is missing") { $0.current = 7 },
        Case("a current that is a missing name") { $0.current = 5 },
        Case("fewer checkpoints than are counted") { $0.count = 5 },
        Case("more checkpoints than are counted") { $0.count = 3 },
        Case("the highest count") { $0.count = .max },
        Case("a negative count") { $0.count = -1 },
        Case("the lowest count") { $0.count = .min },
        Case("a parent cut away from a checkpoint that has one") { $0.detached[0].number = 2 },
        Case("a parent cut away from a missing name") { $0.detached[0].number = 5 },
        Case("a parent cut away from nothing") { $0.detached[0].number = 0 },
        Case("a checkpoint cut away from itself") { $0.detached[0].parent = "c1" },
        Case("two parents cut away from one checkpoint") { $0.detached.append((1, "lost")) },
        Case("the name of a missing checkpoint that came back") { $0.replaced[1].number = 5 },
        Case("a name that came back twice") { $0.replaced[1].number = 2 },
        Case("names that came back in another order") { $0.replaced.swapAt(0, 1) },
    ]

    private static let values: [Case] = [
        Case("a list of disks that nobody has") { $0.diskLists.append([.init(name: "vdc")]) },
        Case("a list of disks twice") { $0.diskLists[1] = $0.diskLists[0] },
        Case("a list without disks") { $0.diskLists[1] = [] },
        Case("lists of disks in another order than that of use") { $0.nodes.swapDisks() },
        Case("a list of disks that is missing") { $0.nodes[2].disks = 3 },
        Case("a bitmap of the checkpoint's name as another's") {
            $0.diskLists[1][0].bitmap = "c2"
        },
        Case("an unknown kind of bitmap") { $0.diskLists[0][0].kind = 3 },
        Case("an unknown mode") { $0.diskLists[0][0].mode = 2 },
        Case("a definition that nobody has") { $0.definitions.append(3) },
        Case("a definition twice") { $0.definitions[1] = 1 },
        Case("a definition that is missing") { $0.nodes[2].definition = 3 },
        Case("a verdict that nobody has") { $0.healths.append([("vdc", "valid")]) },
        Case("verdicts twice") { $0.healths[1] = $0.healths[0] },
        Case("verdicts on no disk") { $0.healths[1] = [] },
        Case("two verdicts on one disk") { $0.healths[0][1].disk = "vda" },
        Case("an unknown verdict") { $0.healths[0][0].verdict = "good" },
        Case("verdicts that are missing") { $0.nodes[2].health = 3 },
    ]

    private static let flags: [Case] = [
        Case("a claim that is neither made nor not") { $0.nodes[0].claims = 2 },
        Case("claims that are neither settled nor not") { $0.areClaimsSettled = 2 },
        Case("claims that are not settled, though nobody makes one") {
            $0.nodes[2].claims = 0
            $0.nodes[3].claims = 0
        },
        Case("a domain that is neither live nor not") { $0.isLive = 128 },
        Case("an empty description") { $0.nodes[1].description = "" },
        Case("a UUID in upper case") { $0.uuid = $0.uuid?.uppercased() },
        Case("text in place of a UUID") { $0.uuid = "none" },
        Case("a negative revision") { $0.revision = -1 },
        Case("a revision after which none can follow") { $0.revision = .max },
        Case("a byte after the end") { $0.end = [0] },
    ]

    @Test(
        "A snapshot of a state that no events lead to is not decoded",
        arguments: names + links + values + flags)
    func refusal(_ given: Case) {
        var sketch = SketchedSnapshot.sound
        given.change(&sketch)
        #expect(DomainSnapshot.decode(sketch.bytes) == nil)
    }

    @Test("A number in more bytes than it needs is not decoded")
    func overlongNumbers() {
        let bytes = SketchedSnapshot.sound.bytes
        // The first byte is the length of the domain's name, the last a time.
        #expect(DomainSnapshot.decode([0x83, 0x00] + bytes.dropFirst()) == nil)
        var sketch = SketchedSnapshot.sound
        sketch.replaced[1].time = 3
        #expect(DomainSnapshot.decode(sketch.bytes) != nil)
        #expect(DomainSnapshot.decode(sketch.bytes.dropLast() + [0x83, 0x00]) == nil)
        #expect(DomainSnapshot.decode(sketch.bytes.dropLast() + [0x83, 0x80, 0x00]) == nil)
    }

    @Test("Times of any size are decoded, and no number traps")
    func extremes() throws {
        for number in [Int.min, -1, 0, 1, .max] {
            var sketch = SketchedSnapshot.sound
            sketch.replaced[0].time = number
            let domain = try #require(DomainSnapshot.decode(sketch.bytes))
            // A checkpoint that has the time of the one before is that one.
            let own = domain.graph.checkpoint(named: "c2")?.creationTime
            let time = CreationTime(seconds: Int64(number))
            let replaced = own == time ? nil : time
            #expect(domain.graph.replacedTime(of: "c2") == replaced)
            for change in Self.numbers {
                var sketch = SketchedSnapshot.sound
                change(&sketch, number)
                let bytes = sketch.bytes
                guard let domain = DomainSnapshot.decode(bytes) else { continue }
                #expect(domain.graph.brokenInvariants() == [])
                #expect(DomainSnapshot.encode(domain) == bytes)
            }
        }
    }

    private static let numbers: [@Sendable (inout SketchedSnapshot, Int) -> Void] = [
        { $0.revision = $1 }, { $0.count = $1 }, { $0.current = $1 }, { $0.nodes[0].time = $1 },
        { $0.nodes[3].time = $1 }, { $0.nodes[3].parent = $1 }, { $0.nodes[3].disks = $1 },
        { $0.nodes[3].definition = $1 }, { $0.nodes[3].health = $1 },
        { $0.detached[0].number = $1 }, { $0.replaced[0].number = $1 },
    ]

    /// Bytes of a valid encoding after some mutations: of bytes, of numbers, and of the order.
    private static func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        let extremes: [[UInt8]] = [
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x80, 0x80, 0x80, 0x80, 0x08],
        ]
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where bytes.count > 4 {
            let index = Int.random(in: bytes.indices, using: &random)
            let other = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            case 1, 2: bytes[index] = bytes[index] &+ (index.isMultiple(of: 2) ? 1 : 255)
            case 3: bytes[index] = UInt8.random(in: 0...6, using: &random)
            case 4: bytes.swapAt(index, other)
            case 5: bytes.remove(at: index)
            case 6: bytes.insert(bytes[other], at: index)
            case 7:
                bytes.replaceSubrange(
                    index...index, with: extremes.randomElement(using: &random) ?? [])
            default:
                let range = min(index, other)..<min(max(index, other), min(index, other) + 24)
                bytes.insert(
                    contentsOf: bytes[range], at: Int.random(in: bytes.indices, using: &random))
            }
        }
        return bytes
    }

    @Test(
        "Whatever mutated bytes decode to is sound, and encodes to the same bytes",
        arguments: Seeds.all)
    func mutations(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var decodedCount = 0
        for round in 0..<25 {
            var history = CommitHistory(seed: seed &+ UInt64(round), names: 4)
            var domain = Domain(name: "d")
            for _ in 0..<20 { try domain.apply(contentsOf: history.commit(after: domain)) }
            let valid = round == 0 ? SketchedSnapshot.sound.bytes : DomainSnapshot.encode(domain)
            try #require(DomainSnapshot.decode(valid) != nil)
            for _ in 0..<20_000 / 25 {
                let bytes = Self.mutated(valid, &random)
                guard let decoded = DomainSnapshot.decode(bytes) else { continue }
                let place: Comment = "seed \(seed), round \(round), bytes \(bytes)"
                try #require(decoded.graph.brokenInvariants() == [], place)
                try #require(DomainSnapshot.encode(decoded) == bytes, place)
                try #require(decoded.graph == decoded.graph, place)
                decodedCount += 1
            }
        }
        // Times, texts and verdicts may change, so that the test reaches what it is about.
        #expect(decodedCount > 1_000, "seed \(seed)")
    }
}

extension [SketchedSnapshot.Node] {
    fileprivate mutating func swapDisks() {
        (self[0].disks, self[1].disks) = (self[1].disks, self[0].disks)
    }
}
