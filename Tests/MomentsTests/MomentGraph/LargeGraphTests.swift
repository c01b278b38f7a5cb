import Moments
import TestSupport
import Testing

/// What a recursion, or a walk of a list for each member, would not live through.
struct LargeGraphTests {
    static let size = 100_000
    static let names: [CheckpointName] = (0..<size).map { "c\($0)" }

    static func events(_ parent: (Int) -> Int?) -> [Event] {
        names.indices.map { number in
            .checkpointCreated(
                Checkpoint(
                    name: names[number], parent: parent(number).map { names[$0] },
                    creationTime: CreationTime(seconds: Int64(number)),
                    disks: [Disk(name: "vda", bitmap: names[number].text)]))
        }
    }

    @Test("A chain")
    func chain() throws {
        var graph = MomentGraph()
        graph.reserveCapacity(Self.size)
        for event in Self.events({ $0 == 0 ? nil : $0 - 1 }) { try graph.apply(event) }
        let leaf = Self.names[Self.size - 1]
        try graph.apply(.currentSet(leaf))
        #expect(graph.brokenInvariants() == [])
        #expect(graph.names(Listing(order: .topological)) == Self.names)
        #expect(graph.names(Listing(.descendants(of: "c0"), leaves: .only)) == [leaf])
        #expect(graph.list()?.first?.descendantCount == Self.size - 1)
        #expect(graph.moment(named: "c1")?.descendantCount == Self.size - 2)
        #expect(graph.findings(domain: "vm1") == [])
        #expect(graph.libvirtCurrentAtStart == leaf)
        #expect(graph.redefinitionOrder().names == Self.names)
        #expect(graph.redefinitionOrder().keepsCurrent)
        var depth = -1
        _ = graph.forEachInTree { place in depth = max(depth, place.depth) }
        #expect(depth == Self.size - 1)

        var fromLeaf = graph
        for name in Self.names.reversed() { try fromLeaf.apply(.checkpointDeleted(name)) }
        #expect(fromLeaf == MomentGraph())
        for name in Self.names { try graph.apply(.checkpointDeleted(name)) }
        #expect(graph == MomentGraph())
        #expect(graph.brokenInvariants() == [])
    }

    @Test("A chain that comes children first, as one commit")
    func chainReversed() throws {
        var graph = MomentGraph()
        try graph.apply(contentsOf: Self.events { $0 == 0 ? nil : $0 - 1 }.reversed())
        #expect(graph.brokenInvariants() == [])
        #expect(graph.names(Listing(order: .topological)) == Self.names)
        #expect(!graph.hasErrors)
    }

    @Test("A large star can be built, and deleted from its leaves or by its root")
    func star() throws {
        var graph = MomentGraph()
        for event in Self.events({ $0 == 0 ? nil : 0 }) { try graph.apply(event) }
        #expect(graph.brokenInvariants() == [])
        #expect(graph.names(Listing(order: .topological)) == Self.names)
        #expect(graph.names(Listing(.children(of: "c0"))) == Array(Self.names.dropFirst()))
        #expect(graph.moment(named: "c0")?.childCount == Self.size - 1)
        #expect(graph.findings(domain: "vm1") == [])
        try graph.apply(.currentSet("c9"))
        #expect(graph.redefinitionOrder().names.prefix(3) == ["c0", "c9", "c1"])
        var places = 0
        _ = graph.forEachInTree { place in places += place.depth }
        #expect(places == Self.size - 1)

        var fromLeaves = graph
        for name in Self.names.reversed() { try fromLeaves.apply(.checkpointDeleted(name)) }
        #expect(fromLeaves == MomentGraph())
        try graph.apply(.checkpointDeleted("c0"))
        #expect(graph.names(Listing(.roots)) == Array(Self.names.dropFirst()))
        #expect(graph.brokenInvariants() == [])
    }

    @Test("A large cycle can be opened, closed and deleted")
    func cycle() throws {
        var graph = MomentGraph()
        for event in Self.events({ $0 == 0 ? Self.size - 1 : $0 - 1 }) { try graph.apply(event) }
        #expect(graph.brokenInvariants() == [])
        #expect(graph.names(Listing(order: .topological)) == Self.names)
        let findings = graph.findings(domain: "vm1")
        #expect(findings.map(\.kind) == [.parentCycle, .childOlderThanParent])
        #expect(findings.first?.checkpoints == ["c0"] + Self.names.dropFirst().reversed())
        #expect(graph.redefinitionOrder().names == Self.names)
        var depth = -1
        _ = graph.forEachInTree { place in depth = max(depth, place.depth) }
        #expect(depth == Self.size - 1)

        let root = Checkpoint(name: "c0", creationTime: 0)
        try graph.apply(.checkpointRedefined(root, claimsCurrent: false))
        #expect(!graph.hasErrors)
        let member = Checkpoint(name: "c0", parent: "c\(Self.size - 1)", creationTime: 0)
        try graph.apply(.checkpointRedefined(member, claimsCurrent: false))
        #expect(graph.hasErrors)
        try graph.apply(contentsOf: Self.names.dropLast().map { .checkpointDeleted($0) })
        #expect(graph.tree == "c\(Self.size - 1)")
        #expect(!graph.hasErrors)
        #expect(graph.brokenInvariants() == [])
    }

    @Test("Many small cycles, in one commit")
    func manyCycles() throws {
        var graph = MomentGraph()
        try graph.apply(contentsOf: Self.events { $0 ^ 1 })
        #expect(graph.names(Listing(.roots))?.count == Self.size / 2)
        let cycles = graph.findings(domain: "vm1").filter { $0.kind == .parentCycle }
        #expect(cycles.count == Self.size / 2)
        try graph.apply(contentsOf: Self.names.map { .checkpointDeleted($0) })
        #expect(graph == MomentGraph())
    }

    @Test("A million checkpoints are checked and repaired, whatever their shape")
    func million() throws {
        let size = 1_000_000
        var random = SplitMix64(seed: 5)
        let shapes: [(name: String, kinds: [Finding.Kind], parent: (Int) -> Int?)] = [
            ("chain", [.libvirtCurrentDiffers], { $0 == 0 ? nil : $0 - 1 }),
            ("star", [], { $0 == 0 ? nil : 0 }),
            ("tree", [], { $0 == 0 ? nil : Int.random(in: 0..<$0, using: &random) }),
            ("one cycle", [.parentCycle, .childOlderThanParent], { $0 == 0 ? size - 1 : $0 - 1 }),
        ]
        for shape in shapes {
            var domain = Domain(name: "vm1")
            try domain.apply(.domainDefined(name: "vm1", uuid: nil, definition: nil))
            for number in 0..<size {
                try domain.applyUnsettled(
                    .checkpointCreated(
                        Checkpoint(
                            name: "c\(number)", parent: shape.parent(number).map { "c\($0)" },
                            creationTime: CreationTime(seconds: Int64(number)))))
            }
            domain.resolveCycles()
            let findings = domain.graph.findings(domain: "vm1")
            #expect(findings.map(\.kind) == shape.kinds, "\(shape.name)")
            let events = try decide(.repair(Repair()), for: domain, in: .guest())
            let root = Checkpoint(name: "c0", creationTime: 0)
            #expect(
                events
                    == (shape.name == "one cycle"
                        ? [.checkpointRedefined(root, claimsCurrent: false)] : []),
                "\(shape.name)")
            for event in events { try domain.apply(event) }
            #expect(!domain.graph.hasErrors, "\(shape.name)")
            #expect(domain.graph.count == size, "\(shape.name)")
        }
    }
}
