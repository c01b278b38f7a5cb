import TestSupport
import Testing

@testable import Moments

struct DomainSnapshotTests {
    /// A domain after a random history, faults included.
    private static func domain(seed: UInt64, names: Int, steps: Int) throws -> Domain {
        var history = RandomHistory(seed: seed, names: names)
        var domain = Domain(name: "vm ü")
        try domain.apply(
            .domainDefined(
                name: "vm ü", uuid: DomainUUID("0123456789abcdef0123456789abcdef"),
                definition: DefinitionDigest(bytes: [UInt8](repeating: 7, count: 32))))
        var graph = domain.graph
        for _ in 0..<steps {
            let event = history.event()
            guard (try? graph.apply(event)) != nil else { continue }
            try domain.apply(event)
            try mark(&domain)
            graph = domain.graph
        }
        if seed.isMultiple(of: 3) { try domain.apply(.domainUndefined) }
        return domain
    }

    /// Takes a name again, and cuts missing parents away.
    private static func mark(_ domain: inout Domain) throws {
        for moment in domain.graph.list() ?? [] {
            var checkpoint = moment.checkpoint
            if checkpoint.creationTime == 3 {
                checkpoint.creationTime = 4
                try domain.apply(contentsOf: [
                    .checkpointDeleted(checkpoint.name), .checkpointCreated(checkpoint),
                ])
            } else if let parent = checkpoint.parent, !domain.graph.contains(parent) {
                checkpoint.parent = nil
                try domain.apply(.checkpointRedefined(checkpoint, claimsCurrent: false))
            }
        }
    }

    private static func expectSame(_ left: Domain, _ right: Domain, _ place: Comment) {
        #expect(left.name == right.name, place)
        #expect(left.uuid == right.uuid, place)
        #expect(left.definition == right.definition, place)
        #expect(left.isLive == right.isLive, place)
        #expect(left.revision == right.revision, place)
        #expect(left.graph == right.graph, place)
        #expect(right.graph.brokenInvariants() == [], place)
        #expect(left.graph.list() == right.graph.list(), place)
        #expect(left.graph.current == right.graph.current, place)
        #expect(left.graph.currentClaims == right.graph.currentClaims, place)
        #expect(left.graph.findings(domain: "d") == right.graph.findings(domain: "d"), place)
    }

    @Test(
        "A domain is restored from its snapshot with its errors, and continues the same",
        arguments: Seeds.all, [1, 3, 8, 40])
    func roundTrip(seed: UInt64, names: Int) throws {
        for round in 0..<40 {
            let seed = seed &+ UInt64(round)
            let place: Comment = "seed \(seed), \(names) names"
            var domain = try Self.domain(seed: seed, names: names, steps: 60)
            var back = try #require(DomainSnapshot.decode(DomainSnapshot.encode(domain)), place)
            Self.expectSame(domain, back, place)
            var history = RandomHistory(seed: ~seed, names: names)
            for _ in 0..<20 {
                let event = history.event()
                var graph = domain.graph
                guard (try? graph.apply(event)) != nil else { continue }
                try domain.apply(event)
                try back.apply(event)
            }
            Self.expectSame(domain, back, place)
        }
    }

    @Test("Times, texts and names of any size are restored")
    func extremes() throws {
        var domain = Domain(name: "")
        let times: [Int64] = [0, -1, 127, 128, .max, .min]
        for (number, time) in times.enumerated() {
            try domain.apply(
                .checkpointCreated(
                    Checkpoint(
                        name: "\(String(repeating: "n", count: 200))\(number)",
                        description: number == 0 ? "" : String(repeating: "é\u{0}\n", count: 5_000),
                        creationTime: CreationTime(seconds: time),
                        disks: [Disk(name: "vda"), Disk(name: "vdb", mode: .no, bitmap: "ü")])))
        }
        let back = try #require(DomainSnapshot.decode(DomainSnapshot.encode(domain)))
        Self.expectSame(domain, back, "extremes")
    }

    @Test(
        "A snapshot that is truncated anywhere, or has extra bytes, is refused",
        arguments: Seeds.all)
    func cut(seed: UInt64) throws {
        let bytes = DomainSnapshot.encode(try Self.domain(seed: seed, names: 4, steps: 30))
        for count in bytes.indices {
            #expect(DomainSnapshot.decode(Array(bytes[..<count])) == nil, "seed \(seed)")
        }
        #expect(DomainSnapshot.decode(bytes + [0]) == nil)
    }
}
