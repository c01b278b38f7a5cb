import Moments
import Testing

struct CycleTests {
    @Test(
        "A cycle is shown below a root, cut at one link",
        arguments: [
            // Its own parent.
            ("a<-a", "a"), ("a<-a b<-a c<-b", "a .b ..c"),
            // One parent is younger than its child: that link is cut.
            ("a@1<-b b@2<-a", "a .b"), ("a@2<-b b@1<-a", "b .a"),
            ("a@3<-c c@2<-b b@1<-a", "b .c ..a"),
            ("a@1<-c c@3<-b b@2<-a", "a .b ..c"),
            // Several are: the smallest child's name decides, not its age.
            ("a@5<-c b@1<-a c@9<-b", "a .b ..c"), ("a@9<-c b@5<-a c@3<-b", "b .c ..a"),
            ("d@9<-c c@2<-b b@3<-a a@4<-d", "a .b ..c ...d"),
            ("d@2<-c c@3<-b b@4<-a a@1<-d", "a .b ..c ...d"),
            ("b@1<-c c@2<-d d@3<-a a@4<-b", "b .a ..d ...c"),
            // None is: the smallest name decides.
            ("a@7<-b b@7<-a", "a .b"), ("c@7<-a a@7<-b b@7<-c", "a .c ..b"),
            // What hangs on a cycle stays on it.
            ("a@1<-b b@2<-a c<-b d<-a e<-c", "a .b ..c ...e .d"),
        ])
    func shown(sketch: String, tree: String) throws {
        let graph = try MomentGraph(sketch)
        #expect(graph.tree == tree)
        #expect(graph.hasErrors)
        #expect(graph.names(Listing(.roots))?.count == 1)
    }

    @Test("Equal times on a link do not make its parent younger")
    func equalTimes() throws {
        // Of a<-c (equal), c<-b (younger child), b<-a (younger parent) the last is wrong.
        let graph = try MomentGraph("a@5<-c c@5<-b b@4<-a")
        #expect(graph.tree == "b .c ..a")
    }

    @Test("The recorded parents of a cycle's members stay")
    func recorded() throws {
        let graph = try MomentGraph("a<-c b<-a c<-b")
        #expect(graph.links == "a<-c b<-a c<-b")
    }

    @Test(
        "A cycle of n is one finding, from the smallest name on, child before parent",
        arguments: [2, 3, 4, 7, 26])
    func members(size: Int) throws {
        let names = "abcdefghijklmnopqrstuvwxyz".prefix(size).map { String($0) }
        for rotation in 0..<size {
            // Each checkpoint's parent is the next letter; the last letter's is 'a'.
            let order = names.indices.map { ($0 + rotation) % size }
            let sketch = order.map { "\(names[$0])@0<-\(names[($0 + 1) % size])" }
            let graph = try MomentGraph(sketch.joined(separator: " "))
            #expect(graph.errors == ["parent-cycle " + names.joined(separator: " ")])
            #expect(graph.names(Listing(.roots)) == ["a"])
        }
    }

    @Test("Several cycles are cut each on its own")
    func several() throws {
        let graph = try MomentGraph("a<-b b<-a c<-c d<-e e<-f f<-d g<-d")
        #expect(
            graph.errors == ["self-parent c", "parent-cycle a b", "parent-cycle d e f"])
        #expect(graph.names(Listing(.roots)) == ["a", "c", "d"])
        #expect(graph.list()?.count == 7)
    }

    @Test(
        "Deleting a cycle's member closes it without that one; of two the other becomes a root",
        arguments: [
            ("a<-a", "a", ""), ("a<-a b<-a c<-a", "a", "b c"),
            ("a<-b b<-a", "a", "b"), ("a<-b b<-a", "b", "a"),
            ("a<-b b<-a c<-a", "a", "b c<-b"), ("a<-b b<-a c<-a", "b", "a c<-a"),
            ("a<-b b<-a c<-a", "c", "a<-b b<-a"),
            ("a<-c b<-a c<-b", "a", "b<-c c<-b"), ("a<-c b<-a c<-b", "b", "a<-c c<-a"),
            ("a<-c b<-a c<-b", "c", "a<-b b<-a"),
            ("a<-c b<-a c<-b d<-b", "b", "a<-c c<-a d<-a"),
            ("a<-d b<-a c<-b d<-c", "c", "a<-d b<-a d<-b"),
        ])
    func deletes(sketch: String, name: String, links: String) throws {
        var graph = try MomentGraph(sketch)
        try graph.delete(CheckpointName(name))
        #expect(graph.links == links)
    }

    @Test("A cycle can be deleted member by member", arguments: ["abcd", "dcba", "bdac", "cabd"])
    func deletesAll(order: String) throws {
        var graph = try MomentGraph("a<-d b<-a c<-b d<-c e<-b", current: "a")
        for (position, name) in order.enumerated() {
            #expect(graph.hasErrors == (position < 3))
            try graph.delete(CheckpointName(String(name)))
        }
        #expect(graph.links == "e")
        #expect(graph.errors == [])
    }

    @Test(
        "Giving a member a parent outside, or none, opens the cycle",
        arguments: [
            ("a<-c b<-a c<-b", "b", "b .c ..a"),
            ("a<-c b<-a c<-b", "a", "a .b ..c"),
            ("a<-c b<-a c<-b r", "c<-r", "r .c ..a ...b"),
            ("a<-c b<-a c<-b d<-c", "c", "c .a ..b .d"),
            ("a<-a b<-a", "a", "a .b"),
        ])
    func opened(sketch: String, change: String, tree: String) throws {
        var graph = try MomentGraph(sketch)
        try graph.redefine(change)
        #expect(graph.tree == tree)
        #expect(!graph.hasErrors)
        #expect(graph.errors == [])
    }

    @Test(
        "A change elsewhere leaves the cycle unchanged",
        arguments: ["d", "d<-x", "r2", "r@9", "d<-r", "r*"])
    func elsewhere(change: String) throws {
        var graph = try MomentGraph("a<-c b<-a c<-b d<-c r")
        try graph.redefine(change)
        #expect(graph.errors.contains("parent-cycle a c b"))
        #expect(graph.names(Listing(.roots))?.contains("a") == true)
    }

    @Test("The cut follows the times when these are redefined")
    func cutFollowsTimes() throws {
        var graph = try MomentGraph("a@1<-b b@2<-a c@3")
        #expect(graph.tree == "a .b c")
        try graph.redefine("a@9<-b")
        #expect(graph.tree == "b .a c")
        try graph.redefine("b@9<-a")
        #expect(graph.tree == "c a .b")
    }

    @Test("A cycle that is moved into a smaller or larger one stays one cycle")
    func reshaped() throws {
        var graph = try MomentGraph("a<-c b<-a c<-b")
        try graph.redefine("a<-b")
        #expect(graph.errors == ["parent-cycle a b"])
        #expect(graph.links == "a<-b b<-a c<-b")
        try graph.redefine("a<-c")
        #expect(graph.errors == ["parent-cycle a c b"])
        try graph.redefine("a<-a")
        #expect(graph.errors == ["self-parent a"])
        #expect(graph.tree == "a .b ..c")
    }

    @Test("A parent that is recorded again can close a cycle")
    func closedByMissingParent() throws {
        var graph = try MomentGraph("a@2<-x b@3<-a")
        #expect(graph.errors == ["dangling-parent a"])
        try graph.redefine("x@1<-b")
        #expect(graph.errors == ["parent-cycle a x b"])
        #expect(graph.tree == "x .a ..b")
    }
}
