import Moments
import Testing

struct CurrentTests {
    @Test("Only the event moves the pointer, to any checkpoint or to none")
    func currentSet() throws {
        var graph = try MomentGraph("a b<-a c")
        #expect(graph.current == nil)
        for name in ["b", "a", "c", "c", nil, "a"] {
            try graph.apply(.currentSet(name.map { CheckpointName($0) }))
            #expect(graph.current?.text == name)
            #expect(graph.recordedCurrent?.text == name)
            let current = (graph.list() ?? []).filter(\.isCurrent).map(\.checkpoint.name)
            #expect(current == (name.map { [CheckpointName($0)] } ?? []))
        }
    }

    @Test(
        "Nothing is current while the graph has an error, and the pointer is valid again afterwards",
        arguments: [
            ("c<-x", "x"), ("c<-x", "c"), ("c<-x", "c<-b"), ("a<-a", "a"), ("a<-b", "a"),
            ("a<-b", "b"), ("a<-b", "a<-c c"), ("a* c*", "a"), ("a* c*", "a c"),
        ])
    func heldBack(fault: String, repair: String) throws {
        var graph = try MomentGraph("a b<-a", current: "b")
        try graph.redefine(fault)
        #expect(graph.hasErrors)
        #expect(graph.current == nil)
        #expect(graph.recordedCurrent == "b")
        #expect(graph.moment(named: "b")?.isCurrent == false)
        #expect(graph.list()?.contains(where: \.isCurrent) == false)
        try graph.redefine(repair)
        #expect(!graph.hasErrors)
        #expect(graph.current == "b")
        #expect(graph.moment(named: "b")?.isCurrent == true)
    }

    @Test("The pointer moves on a graph with an error too, and holds after repair")
    func movedMeanwhile() throws {
        var graph = try MomentGraph("a b<-a c<-x", current: "b")
        try graph.apply(.currentSet("a"))
        #expect(graph.current == nil)
        #expect(graph.recordedCurrent == "a")
        try graph.delete("c")
        #expect(graph.current == "a")
        try graph.redefine("c<-x")
        try graph.apply(.currentSet(nil))
        try graph.delete("c")
        #expect(graph.current == nil)
    }

    @Test("Of two errors the second keeps the pointer back after the first is repaired")
    func twoErrors() throws {
        var graph = try MomentGraph("a b<-a c<-x d<-d", current: "b")
        try graph.delete("c")
        #expect(graph.current == nil)
        try graph.redefine("d")
        #expect(graph.current == "b")
    }
}

struct ClaimTests {
    @Test("Several claims to be current are kept until the pointer is set")
    func settled() throws {
        var graph = try MomentGraph("a* b<-a* c<-b")
        #expect(graph.currentClaims == ["a", "b"])
        #expect(graph.errors == ["multiple-current a b"])
        try graph.apply(.currentSet("c"))
        #expect(graph.currentClaims == [])
        #expect(graph.errors == [])
        #expect(graph.current == "c")
        #expect(graph.brokenInvariants() == [])
    }

    @Test("Setting the pointer to none resolves the claims as well")
    func settledByNone() throws {
        var graph = try MomentGraph("a* b<-a*")
        try graph.apply(.currentSet(nil))
        #expect(!graph.hasErrors)
        #expect(graph.currentClaims == [])
    }

    @Test(
        "A claim ends with its checkpoint, or when that is redefined without it",
        arguments: [
            ("a* b* c*", "a", "b c"), ("a* b* c*", "a b", ""), ("a* b*", "a", ""),
            ("a* b*", "a*", "a b"), ("a* b", "b*", "a b"), ("a b", "a*", ""),
        ])
    func redefined(sketch: String, change: String, claims: String) throws {
        var graph = try MomentGraph(sketch)
        try graph.redefine(change)
        #expect(graph.currentClaims.map(\.text).joined(separator: " ") == claims)
        #expect(graph.hasErrors == !claims.isEmpty)
        if !change.contains("*") {
            var deleted = try MomentGraph(sketch)
            for name in change.split(separator: " ") {
                try deleted.delete(CheckpointName(String(name)))
            }
            #expect(deleted.currentClaims == graph.currentClaims)
            #expect(deleted.hasErrors == graph.hasErrors)
        }
    }

    @Test("A claim alone is no error and moves no pointer")
    func alone() throws {
        var graph = try MomentGraph("a b<-a", current: "a")
        try graph.redefine("b<-a*")
        #expect(graph.current == "a")
        #expect(graph.currentClaims == [])
        #expect(graph.errors == [])
    }

    @Test("A checkpoint that is created again under its name claims nothing")
    func deletedAndCreated() throws {
        var graph = try MomentGraph("a* b*")
        try graph.delete("a")
        try graph.apply(.checkpointCreated(Checkpoint(name: "a", creationTime: 1)))
        #expect(!graph.hasErrors)
        #expect(graph.brokenInvariants() == [])
    }
}
