import Moments
import Testing

struct DanglingParentTests {
    @Test("A missing parent is kept by name, and its child is shown as a root")
    func kept() throws {
        let graph = try MomentGraph("a b<-x c<-b")
        #expect(graph.checkpoint(named: "b")?.parent == "x")
        #expect(graph.tree == "a b .c")
        #expect(graph.count == 3)
        #expect(!graph.contains("x"))
        #expect(graph.errors == ["dangling-parent b"])
    }

    @Test(
        "Children are joined to their parent as soon as it exists",
        arguments: [
            ("b<-x c<-x d<-b", "x", "x .b ..d .c"),
            ("b<-x", "x<-a", "x .b"),
            ("a b<-x", "x<-a", "a .x ..b"),
            ("b<-x", "x<-x", "x .b"),
        ])
    func joined(sketch: String, parent: String, tree: String) throws {
        var graph = try MomentGraph(sketch)
        try graph.redefine(parent)
        #expect(graph.tree == tree)
        #expect(graph.contains("x"))
        #expect(!graph.errors.contains("dangling-parent b"))
    }

    @Test("A parent that is created gets the children that named it")
    func joinedByCreate() throws {
        var graph = try MomentGraph("b<-x")
        try graph.apply(.checkpointCreated(Checkpoint(name: "x", creationTime: 0)))
        #expect(graph.tree == "x .b")
        #expect(!graph.hasErrors)
        #expect(graph.brokenInvariants() == [])
    }

    @Test(
        "A chain that is recorded children first is complete once its root exists",
        arguments: ["d<-c c<-b b<-a a", "d<-c b<-a c<-b a", "b<-a d<-c a c<-b"])
    func anyOrder(sketch: String) throws {
        let graph = try MomentGraph(sketch)
        #expect(graph.tree == "a .b ..c ...d")
        #expect(graph.errors == [])
    }

    @Test(
        "Deleting below a missing parent leaves the children to it",
        arguments: [
            ("b<-x c<-b", "b", "c<-x"), ("b<-x c<-b d<-b", "b", "c<-x d<-x"),
            ("b<-x c<-x", "b", "c<-x"), ("b<-x c<-b", "c", "b<-x"), ("a b<-x", "b", "a"),
        ])
    func deletes(sketch: String, name: String, links: String) throws {
        var graph = try MomentGraph(sketch)
        try graph.delete(CheckpointName(name))
        #expect(graph.links == links)
        #expect(graph.hasErrors == links.contains("x"))
    }

    @Test(
        "The fault ends with the last checkpoint that names the parent",
        arguments: ["b", "b<-a", "b<-c c"])
    func repaired(change: String) throws {
        var graph = try MomentGraph("a b<-x")
        try graph.redefine(change)
        #expect(graph.errors == [])
        #expect(!graph.hasErrors)
    }

    @Test("The name of a deleted parent can dangle again, or be created")
    func nameUsedAgain() throws {
        var graph = try MomentGraph("a b<-x")
        try graph.delete("b")
        #expect(try graph == MomentGraph("a"))
        try graph.redefine("c<-x")
        #expect(graph.errors == ["dangling-parent c"])
        try graph.redefine("c<-y")
        #expect(graph.checkpoint(named: "c")?.parent == "y")
        try graph.apply(.checkpointCreated(Checkpoint(name: "x", creationTime: 3)))
        #expect(graph.tree == "a c x")
        #expect(graph.errors == ["dangling-parent c"])
        try graph.redefine("y<-x")
        #expect(graph.tree == "a x .y ..c")
        #expect(graph.errors == [])
    }

    @Test("Several names can be missing, each with several children")
    func several() throws {
        var graph = try MomentGraph("a<-x b<-y c<-x d<-y e")
        #expect(graph.tree == "a b c d e")
        #expect(
            graph.errors == [
                "dangling-parent a", "dangling-parent b", "dangling-parent c", "dangling-parent d",
            ])
        try graph.redefine("x")
        #expect(graph.tree == "b d e x .a .c")
        #expect(graph.errors == ["dangling-parent b", "dangling-parent d"])
        try graph.redefine("y<-a")
        #expect(graph.tree == "e x .a ..y ...b ...d .c")
        #expect(graph.errors == [])
    }
}
