import Testing

@testable import Moments

struct ReattachTests {
    /// A chain whose middle was missing when it was repaired, and came later.
    private func cut(_ later: String = "b@2<-a") throws -> Domain {
        var domain = try Domain.guest("a@1 c@3<-b d@4<-c", current: "d")
        try domain.carryOut(.repair(Repair()))
        if !later.isEmpty { try domain.carryOut(.redefine(later)) }
        return domain
    }

    @Test("A parent that was missing when a repair cut it away is found when it comes")
    func found() throws {
        #expect(try cut("").graph.faults.contains { $0.hasPrefix("detached") } == false)
        var domain = try cut()
        try domain.carryOut(.setCurrent("d"))
        let found = domain.graph.findings(domain: "vm1").filter { $0.kind == .detachedByRepair }
        #expect(found.map(\.checkpoints) == [["c"]])
        #expect(
            found.first?.remedies.map(\.action) == [
                .reattach(domain: "vm1", checkpoint: "c", parent: "b")
            ])
        #expect(found.first?.severity == .warning)
        let words = try domain.carryOut(.repair(Repair(parents: ["c": "b"])))
        #expect(words == "redefined c<-b")
        #expect(domain.graph.links == "a b<-a c<-b d<-c")
        #expect(domain.graph.current == "d")
        #expect(domain.graph.faults == [])
    }

    @Test("Reattaching repairs nothing else, unless it is requested")
    func alone() throws {
        var domain = try cut("b@2<-a")
        try domain.apply(
            .checkpointRedefined(
                Checkpoint(name: "e", parent: "x", creationTime: 9), claimsCurrent: false))
        var copy = domain
        #expect(try copy.carryOut(.repair(Repair(parents: ["c": "b"]))) == "redefined c<-b")
        #expect(copy.graph.errors == ["dangling-parent e"])
        let both = Repair(parents: ["c": "b", "e": "a"])
        #expect(try domain.carryOut(.repair(both)) == "redefined c<-b, redefined e<-a")
        domain = try cut("b@2<-a")
        domain.expectRefusal(.repair(Repair(parents: ["c": "a"])), .usage, "cannot be repaired")
    }

    @Test(
        "It is not found below the child, nor after the child was redefined or deleted",
        arguments: [
            // The parent below the child, or below what is below it.
            ["redefine b@5<-c"], ["redefine b@5<-d"],
            // Redefined since, or deleted and recorded again.
            ["redefine b@2<-a", "redefine c@3"], ["redefine b@2<-a", "redefine c@3<-a"],
            ["redefine b@2<-a", "delete c", "redefine c@3"],
            // The parent went again.
            ["redefine b@2<-a", "delete b"],
        ])
    func notFound(commands: [String]) throws {
        var domain = try cut("")
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            try domain.carryOut(
                words[0] == "delete"
                    ? .delete(CheckpointName(words[1]), .checkpoint) : .redefine(words[1]))
        }
        #expect(domain.graph.faults.contains { $0.hasPrefix("detached") } == false)
    }

    @Test("A parent below the child is refused, and so are two that close a cycle together")
    func cycles() throws {
        try cut("b@5<-d").expectRefusal(
            .repair(Repair(parents: ["c": "b"])), .parentCycle, "would create cycle")
        var domain = try Domain.guest("c@3<-b e@4<-d")
        try domain.carryOut(.repair(Repair()))
        try domain.carryOut(.redefine("b@1<-e d@2<-c"))
        #expect(domain.graph.faults.count { $0.hasPrefix("detached") } == 2)
        domain.expectRefusal(
            .repair(Repair(parents: ["c": "b", "e": "d"])), .parentCycle, "would create cycle")
        try domain.carryOut(.repair(Repair(parents: ["c": "b"])))
        #expect(domain.graph.faults.contains { $0.hasPrefix("detached") } == false)
    }

    @Test("A checkpoint that is redefined otherwise, with the parent cut away, is not detached")
    func otherChange() throws {
        var domain = try Domain.guest("a@1 c@3<-b")
        try domain.carryOut(.redefine("c@4"))
        try domain.carryOut(.redefine("b@2<-a"))
        #expect(domain.graph.faults.contains { $0.hasPrefix("detached") } == false)
    }

    @Test("Children of 20,000 missing parents are found in time that grows with them")
    func large() throws {
        let count = 20_000
        var domain = try Domain.guest()
        for index in 0..<count {
            try domain.applyUnsettled(
                .checkpointRedefined(
                    Checkpoint(name: "c\(index)", parent: "p\(index)", creationTime: 5),
                    claimsCurrent: false))
        }
        domain.resolveCycles()
        let repair = try decide(.repair(Repair()), for: domain, in: .guest())
        try domain.apply(contentsOf: repair)
        // One chain of all that were missing.
        for index in 0..<count {
            try domain.applyUnsettled(
                .checkpointRedefined(
                    Checkpoint(
                        name: "p\(index)", parent: index == 0 ? nil : "p\(index - 1)",
                        creationTime: 5), claimsCurrent: false))
        }
        domain.resolveCycles()
        let found = domain.graph.findings(domain: "vm1")
        #expect(found.count { $0.kind == .detachedByRepair } == count)
    }
}
