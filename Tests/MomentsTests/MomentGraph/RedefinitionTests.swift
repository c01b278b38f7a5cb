import Moments
import Testing

struct RedefinitionOrderTests {
    @Test(
        "The path to the current comes first, the rest after it, parents before children",
        arguments: [
            ("a b<-a c<-b", "c", "a b c", true),
            ("a b<-a c<-b", "b", "a b c", false),
            ("a b<-a c<-a", "b", "a b c", true),
            ("a b<-a c<-a", "c", "a c b", true),
            ("a b<-a c<-a", "a", "a b c", false),
            ("a b<-a c d<-c e<-c", "e", "c e a b d", true),
            ("a b<-a c<-b d<-a e<-d f<-b", "e", "a d e b c f", true),
            ("b@1 c@0<-b a@2<-b", "a", "b a c", true),
            ("a b c", "b", "b a c", true),
            ("a", "a", "a", true),
        ])
    func order(sketch: String, current: String, names: String, keeps: Bool) throws {
        let graph = try MomentGraph(sketch, current: current)
        let order = graph.redefinitionOrder()
        #expect(order.names.map(\.text).joined(separator: " ") == names)
        #expect(order.keepsCurrent == keeps)
        #expect((Self.currentAfter(redefining: order.names, of: graph)?.text == current) == keeps)
    }

    @Test("Without a current no order keeps it so: what is redefined first becomes current")
    func noCurrent() throws {
        let order = try MomentGraph("a c<-a b<-a").redefinitionOrder()
        #expect(order.names == ["a", "c", "b"])
        #expect(!order.keepsCurrent)
    }

    @Test("An empty graph is kept unchanged")
    func emptyGraph() {
        #expect(MomentGraph().redefinitionOrder().names == [])
        #expect(MomentGraph().redefinitionOrder().keepsCurrent)
    }

    @Test("A graph with an error is listed whole, as its tree shows it, and keeps no current")
    func errors() throws {
        var graph = try MomentGraph("a b<-a c<-a", current: "c")
        try graph.redefine("d<-e e<-d f<-x")
        let order = graph.redefinitionOrder()
        #expect(order.names == ["a", "b", "c", "d", "e", "f"])
        #expect(!order.keepsCurrent)
    }

    /// What libvirt's rule makes current: a redefined checkpoint, if there is no
    /// current or if its parent is that.
    private static func currentAfter(redefining names: [CheckpointName], of graph: MomentGraph)
        -> CheckpointName?
    {
        var current: CheckpointName?
        for name in names {
            let parent = graph.checkpoint(named: name)?.parent
            if current == nil || parent == current { current = name }
        }
        return current
    }
}

struct LibvirtCurrentTests {
    @Test(
        "libvirt takes the only leaf below a single root without forks, or none",
        arguments: [
            ("", nil), ("a", "a"), ("a b<-a", "b"), ("a b<-a c<-b d<-c", "d"),
            ("a b", nil), ("a b<-a c", nil), ("a b<-a c<-a", nil), ("a b<-a c<-b d<-b", nil),
            ("a<-x", nil), ("a b<-x", nil), ("a<-x b<-a", nil),
            ("a<-a", nil), ("a<-b b<-a", nil), ("a b<-a c<-d d<-c", nil), ("c a<-b b<-a", nil),
            ("a* b<-a*", "b"),
        ])
    func choice(sketch: String, current: String?) throws {
        #expect(try MomentGraph(sketch).libvirtCurrentAtStart?.text == current)
        // The recorded pointer has no say: libvirt's files do not hold it.
        #expect(try MomentGraph(sketch, current: current).libvirtCurrentAtStart?.text == current)
    }

    @Test("The choice follows the graph's changes")
    func changes() throws {
        var graph = try MomentGraph("a b<-a c<-a", current: "a")
        #expect(graph.libvirtCurrentAtStart == nil)
        try graph.delete("c")
        #expect(graph.libvirtCurrentAtStart == "b")
        try graph.redefine("c<-b")
        #expect(graph.libvirtCurrentAtStart == "c")
        try graph.delete("a")
        #expect(graph.libvirtCurrentAtStart == "c")
        try graph.redefine("b<-c")
        #expect(graph.libvirtCurrentAtStart == nil)
        try graph.delete("b")
        #expect(graph.libvirtCurrentAtStart == "c")
    }
}
