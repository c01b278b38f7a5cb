import Moments
import Testing

struct DeleteTests {
    @Test(
        "The children of a deleted checkpoint move to its parent",
        arguments: [
            ("a b<-a c<-b", "c", "a b<-a"),
            ("a b<-a c<-b", "b", "a c<-a"),
            ("a b<-a c<-b", "a", "b c<-b"),
            ("a b<-a c<-a d<-a", "a", "b c d"),
            ("a b<-a c<-b d<-b e<-a", "b", "a c<-a d<-a e<-a"),
            ("a b<-a c<-b d<-c", "b", "a c<-a d<-c"),
            ("a", "a", ""),
            ("a b", "a", "b"),
        ])
    func children(sketch: String, name: String, links: String) throws {
        var graph = try MomentGraph(sketch)
        let count = graph.count
        try graph.delete(CheckpointName(name))
        #expect(graph.links == links)
        #expect(graph.count == count - 1)
        #expect(!graph.contains(CheckpointName(name)))
        #expect(graph.errors == [])
    }

    @Test("Children that move up are sorted among their new siblings by time and name")
    func order() throws {
        var graph = try MomentGraph("a b@5<-a c@2<-b d@7<-b e@4<-a f@5<-a")
        try graph.delete("b")
        #expect(graph.tree == "a .c .e .f .d")
    }

    @Test("Deleting the current leaves no recorded current until the next event sets one")
    func current() throws {
        var graph = try MomentGraph("a b<-a c<-b", current: "c")
        try graph.delete("c")
        #expect(graph.recordedCurrent == nil)
        #expect(graph.current == nil)
        try graph.apply(.currentSet("b"))
        #expect(graph.current == "b")
        #expect(graph.brokenInvariants() == [])
    }

    @Test("Deleting another than the current leaves it", arguments: ["a", "b", "d"])
    func otherThanCurrent(name: String) throws {
        var graph = try MomentGraph("a b<-a c<-b d<-c", current: "c")
        try graph.delete(CheckpointName(name))
        #expect(graph.current == "c")
    }

    @Test("A chain can be deleted from either end, and from the middle")
    func chain() throws {
        let sketch = "a b<-a c<-b d<-c e<-d"
        let orders: [[CheckpointName]] = [
            ["a", "b", "c", "d"], ["e", "d", "c", "b"], ["c", "b", "d", "a"],
        ]
        for names in orders {
            var graph = try MomentGraph(sketch)
            for name in names { try graph.delete(name) }
            let rest = try #require(graph.names()?.first)
            #expect(graph.links == rest.text)
            try graph.delete(rest)
            #expect(graph == MomentGraph())
        }
    }

    @Test("Deleting what hangs below another leaves that without children")
    func counts() throws {
        var graph = try MomentGraph("a b<-a c<-a")
        try graph.delete("b", "c")
        #expect(graph.moment(named: "a")?.childCount == 0)
        #expect(graph.moment(named: "a")?.descendantCount == 0)
    }
}
