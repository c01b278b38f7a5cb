import Moments
import Testing

/// What a recursion, or a walk of the graph for each checkpoint, would not live
/// through.
struct LargeCommandTests {
    static let size = 100_000
    static let names: [CheckpointName] = (0..<size).map { "c\($0)" }

    static func domain(_ parent: (Int) -> Int?, count: Int = size, current: CheckpointName?) throws
        -> Domain
    {
        var domain = try Domain.guest()
        for number in 0..<count {
            try domain.apply(
                .checkpointRedefined(
                    Checkpoint(
                        name: names[number], parent: parent(number).map { names[$0] },
                        creationTime: CreationTime(seconds: Int64(number))), claimsCurrent: false))
        }
        try domain.apply(.currentSet(current))
        return domain
    }

    static func chain(current: CheckpointName?) throws -> Domain {
        try domain({ $0 == 0 ? nil : $0 - 1 }, current: current)
    }

    static func redefinitions(_ parent: (Int) -> Int?) -> [Redefinition] {
        names.indices.map { number in
            Redefinition(
                Checkpoint(
                    name: names[number], parent: parent(number).map { names[$0] },
                    creationTime: CreationTime(seconds: Int64(number))))
        }
    }

    @Test("One with 10 000 children is deleted")
    func manyChildren() throws {
        var domain = try Self.domain(
            { $0 == 0 ? nil : $0 == 1 ? 0 : 1 }, count: 10_002, current: "c1")
        #expect(try domain.carryOut(.delete("c1", .checkpoint)) == "deleted c1, current c0")
        #expect(domain.graph.moment(named: "c0")?.childCount == 10_000)
    }

    @Test("A subtree of 100 000 is deleted, and all checkpoints of a domain", arguments: [1, 2])
    func subtree(branches: Int) throws {
        let domain = try Self.domain({ $0 == 0 ? nil : ($0 - 1) / branches }, current: "c99999")
        let last = Self.size - 1
        for (command, count) in [
            (Command.delete("c0", .children), last + 1), (.delete("c0", .childrenOnly), last),
            (.undefine(deletingCheckpoints: true), last + 1),
        ] {
            let events = try decide(command, for: domain, in: .guest())
            let deleted = events.filter { $0.kind == .checkpointDeleted }
            #expect(deleted.count == count)
            var isGone: Set<CheckpointName?> = []
            let isLeafFirst = deleted.allSatisfy { event in
                isGone.insert(event.checkpointName)
                return !isGone.contains(event.checkpointName.flatMap(domain.graph.parentName))
            }
            #expect(isLeafFirst)
            var graph = domain.graph
            try graph.apply(contentsOf: events)
            #expect(graph.count == last + 1 - count)
            #expect(graph.recordedCurrent == (count == last ? "c0" : nil))
        }
    }

    @Test("100 000 in a chain are redefined children first, new and again")
    func reversed() throws {
        let redefinitions = Self.redefinitions { $0 == 0 ? nil : $0 - 1 }
        for domain in try [Domain.guest(), Self.chain(current: nil)] {
            let events = try decide(.redefine(redefinitions.reversed()), for: domain, in: .guest())
            #expect(events.dropLast().map { $0.checkpointName } == Self.names)
            #expect(events.last == .currentSet("c99999"))
            var graph = domain.graph
            try graph.apply(contentsOf: events)
            #expect(try graph == Self.chain(current: "c99999").graph)
        }
    }

    @Test("A chain of 100 000 is turned around")
    func turned() throws {
        var domain = try Self.chain(current: "c0")
        let redefinitions = Self.redefinitions { $0 == Self.size - 1 ? nil : $0 + 1 }
        let events = try decide(.redefine(redefinitions), for: domain, in: .guest())
        for event in events { try domain.apply(event) }
        #expect(domain.graph.parentName(of: "c0") == "c1")
        #expect(!domain.graph.hasErrors)
        #expect(domain.graph.recordedCurrent == "c0")
    }

    @Test("The leaf of 100 000 becomes the parent of their root: a cycle, shown in short")
    func cycle() throws {
        let domain = try Self.chain(current: nil)
        try domain.expectRefusal(.redefine("c0<-c99999"), .parentCycle, "(99976 more)")
        let redefinitions = Self.redefinitions { $0 == 0 ? Self.size - 1 : $0 - 1 }
        try Domain.guest().expectRefusal(
            .redefine(redefinitions), .parentCycle, "(99976 more)")
    }

    @Test("Checkpoints of a cycle of 100 000 are redefined below it, and it is deleted")
    func besidesACycle() throws {
        var graph = MomentGraph()
        let links = Self.redefinitions { $0 == 0 ? Self.size - 1 : $0 - 1 }
        try graph.apply(
            contentsOf: links.map { .checkpointRedefined($0.checkpoint, claimsCurrent: false) })
        var domain = try Domain.guest()
        for link in links {
            try domain.applyUnsettled(.checkpointRedefined(link.checkpoint, claimsCurrent: false))
        }
        domain.resolveCycles()
        #expect(domain.graph == graph)
        let below = (0..<1_000).map { "x\($0)<-c\($0)" }.joined(separator: " ")
        #expect(try decide(.redefine(below), for: domain, in: .guest()).count == 1_001)
        let events = try decide(.delete("c5", .children), for: domain, in: .guest())
        try graph.apply(contentsOf: events)
        // What is above c5 stays, and c0 moves down to it link by link.
        #expect(graph.errors == ["parent-cycle c0 c4 c3 c2 c1"])
    }

    @Test("100 000 errors are repaired: missing parents, cycles of two, one of all")
    func repairs() throws {
        let last = Self.size - 1
        let all = Set(Self.names)
        for (parent, repair, count) in [
            ({ _ in last + 1 }, Repair(), last + 1),
            (
                { $0 == 0 ? 0 : last + $0 },
                Repair(
                    parents: Dictionary(
                        uniqueKeysWithValues: (1...last).map { ("c\($0)", "c\($0 - 1)") })),
                last + 1
            ),
            ({ $0 ^ 1 }, Repair(), (last + 1) / 2),
            (
                { $0 ^ 1 },
                Repair(
                    parents: Dictionary(
                        uniqueKeysWithValues: (1...last / 2).map {
                            ("c\(2 * $0 + 1)", "c\(2 * $0 - 1)")
                        })),
                (last + 1) / 2
            ),
            ({ $0 == 0 ? last : $0 - 1 }, Repair(), 1),
        ] as [((Int) -> Int, Repair, Int)] {
            var domain = try Domain.guest()
            for number in Self.names.indices {
                let checkpoint = Checkpoint(
                    name: "c\(number)", parent: "c\(parent(number))",
                    creationTime: CreationTime(seconds: Int64(number)))
                try domain.applyUnsettled(.checkpointRedefined(checkpoint, claimsCurrent: false))
            }
            domain.resolveCycles()
            let events = try decide(.repair(repair), for: domain, in: .guest())
            #expect(events.count == count)
            var graph = domain.graph
            try graph.apply(contentsOf: events)
            #expect(!graph.hasErrors)
            #expect(Set(graph.names() ?? []) == all)
            for (name, parent) in repair.parents {
                if graph.parentName(of: name) != parent { Issue.record("\(name)") }
            }
        }
    }
}
