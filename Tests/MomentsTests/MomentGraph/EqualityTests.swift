import Testing

@testable import Moments

struct EqualityTests {
    @Test(
        "Graphs of the same checkpoints are equal, whatever their history",
        arguments: [
            ("a b<-a c<-a", "c@3<-a b@2<-a a@1"), ("a b<-x", "b@2<-x a@1"),
            ("a@1<-b b@2<-a", "b@2<-a a@1<-b"), ("a* b*", "b@2* a@1*"),
        ])
    func equal(sketch: String, other: String) throws {
        #expect(try MomentGraph(sketch) == MomentGraph(other))
        var history = try MomentGraph("d e<-d f<-y g<-g", current: "d")
        try history.redefine(other)
        try history.delete("e", "d", "f", "g")
        #expect(try MomentGraph(sketch) == history)
    }

    @Test(
        "Graphs that differ in anything recorded are not equal",
        arguments: [
            "a b<-a", "a b<-a c<-b d", "a b<-a c<-a", "a b<-a c", "a b<-a c<-x", "a b<-a c@9<-b",
            "a b<-a d<-b", "a b<-a c<-b*", "a* b<-a* c<-b", "c b<-c a<-b",
        ])
    func unequal(sketch: String) throws {
        let graph = try MomentGraph("a b<-a c<-b")
        #expect(try graph != MomentGraph(sketch))
        #expect(try MomentGraph(sketch) != graph)
    }

    @Test("The same number of claims by others is a difference")
    func claims() throws {
        #expect(try MomentGraph("a* b* c") != MomentGraph("a b* c*"))
    }

    @Test("Another recorded current is a difference, also while it does not hold")
    func recordedCurrent() throws {
        #expect(try MomentGraph("a b<-x", current: "a") != MomentGraph("a b<-x", current: "b"))
        #expect(try MomentGraph("a b<-x", current: "a") != MomentGraph("a b<-x"))
    }

    @Test("Other metadata is a difference")
    func metadata() throws {
        let digest = try #require(DefinitionDigest(bytes: [UInt8](repeating: 9, count: 32)))
        let checkpoints = [
            Checkpoint(name: "a", creationTime: 1),
            Checkpoint(name: "a", description: "x", creationTime: 1),
            Checkpoint(name: "a", creationTime: 2),
            Checkpoint(name: "a", creationTime: 1, disks: [Disk(name: "vda")]),
            Checkpoint(name: "a", creationTime: 1, disks: [Disk(name: "vda", bitmap: "a")]),
            Checkpoint(name: "a", creationTime: 1, definition: digest),
        ]
        let graphs = try checkpoints.map { checkpoint in
            var graph = MomentGraph()
            try graph.apply(.checkpointCreated(checkpoint))
            return graph
        }
        for (left, graph) in graphs.enumerated() {
            for (right, other) in graphs.enumerated() {
                #expect((graph == other) == (left == right))
            }
        }
    }

    @Test("A copy is an independent value")
    func copies() throws {
        let before = try MomentGraph("a b<-a", current: "b")
        var after = before
        try after.delete("a")
        try after.redefine("c<-b*")
        #expect(before.tree == "a .b")
        #expect(before.moment(named: "a")?.childCount == 1)
        #expect(before != after)
    }

    @Test("A graph that contains a checkpoint twice equals no sound graph, in either direction")
    func duplicates() throws {
        let sound = try MomentGraph("a b c")
        var poisoned = sound
        let (a, c) = (
            try #require(sound.liveSlot(named: "a")), try #require(sound.liveSlot(named: "c"))
        )
        poisoned.names.remove(c, in: poisoned.nodes)
        poisoned.nodes[Int(c)].name = "a"
        poisoned.nodes[Int(c)].creationTime = poisoned.nodes[Int(a)].creationTime
        poisoned.names.insert(c, in: poisoned.nodes)
        #expect(poisoned.count == sound.count)
        #expect(poisoned != sound)
        #expect(sound != poisoned)
    }

    @Test("A missing name that a checkpoint has is a difference, in both directions")
    func absentLiveName() throws {
        let sound = try MomentGraph("a b<-a c<-b")
        var poisoned = try MomentGraph("a b<-a c<-x")
        let missing = try #require(poisoned.names.slot(of: "x", in: poisoned.nodes))
        poisoned.names.remove(missing, in: poisoned.nodes)
        poisoned.nodes[Int(missing)].name = "b"
        #expect(poisoned.parentName(of: "c") == "b")
        #expect(poisoned != sound)
        #expect(sound != poisoned)
    }
}
