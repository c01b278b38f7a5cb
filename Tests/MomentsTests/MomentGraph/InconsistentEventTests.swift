import Moments
import Testing

struct InconsistentEventTests {
    static let refused: [(String, Event)] = [
        ("a", .checkpointCreated(Checkpoint(name: "a", parent: "b", creationTime: 9))),
        ("d", .checkpointCreated(Checkpoint(name: "d", creationTime: 9))),
        ("x", .checkpointDeleted("x")),
        ("nobody", .checkpointDeleted("nobody")),
        ("x", .currentSet("x")),
        ("nobody", .currentSet("nobody")),
        ("''", .checkpointDeleted("")),
        ("''", .currentSet("")),
    ]

    @Test(
        "An event that does not fit is refused by name and leaves the graph unchanged",
        arguments: refused)
    func refusal(name: String, event: Event) throws {
        // A checkpoint whose parent is missing, a cycle, claims and a current.
        var before = try MomentGraph("a b<-a c<-b", current: "b")
        try before.redefine("b<-a* c<-b* d<-x e<-f f<-e")
        var graph = before
        let error = #expect(throws: InconsistentEvent.self) { try graph.apply(event) }
        #expect(error?.description.contains(name) == true)
        #expect(graph == before)
        #expect(graph.tree == before.tree)
        #expect(graph.faults == before.faults)
        #expect(graph.brokenInvariants() == [])
    }

    @Test("Events before the first one that does not fit are applied")
    func several() throws {
        var graph = try MomentGraph("a b<-a")
        let cycle = Checkpoint(name: "a", parent: "b", creationTime: 1)
        #expect(throws: InconsistentEvent.self) {
            try graph.apply(contentsOf: [
                .checkpointRedefined(cycle, claimsCurrent: false),
                .checkpointDeleted("c"),
                .checkpointDeleted("a"),
            ])
        }
        #expect(graph.errors == ["parent-cycle a b"])
        #expect(graph.brokenInvariants() == [])
    }

    @Test("An empty graph has nothing to delete and nothing to point at")
    func emptyGraph() {
        var graph = MomentGraph()
        #expect(throws: InconsistentEvent.self) { try graph.apply(.checkpointDeleted("a")) }
        #expect(throws: InconsistentEvent.self) { try graph.apply(.currentSet("a")) }
        #expect(throws: Never.self) { try graph.apply(.currentSet(nil)) }
        #expect(graph == MomentGraph())
        #expect(graph.brokenInvariants() == [])
    }
}
