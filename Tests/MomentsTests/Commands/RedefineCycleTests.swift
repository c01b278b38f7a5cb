import Moments
import Testing

struct RedefineCycleTests {
    @Test(
        "A new cycle is refused, and the message shows the whole of it",
        arguments: [
            // One checkpoint, through those that are there.
            ("a b<-a c<-b", "a<-c", "to a: from child to parent, a -> c -> b -> a"),
            ("a b<-a", "a<-b", "to a: from child to parent, a -> b -> a"),
            ("r a<-r b<-a c<-b", "a<-b", "to a: from child to parent, a -> b -> a"),
            // Inside the batch.
            ("", "x<-y y<-x", "to x: from child to parent, x -> y -> x"),
            ("", "x<-z y<-x z<-y", "to x: from child to parent, x -> z -> y -> x"),
            ("a", "p x<-y q<-a y<-x", "to x: from child to parent, x -> y -> x"),
            // Through the batch and those that are there.
            ("a b<-a", "x<-b a<-x", "to x: from child to parent, x -> b -> a -> x"),
            ("a b<-a", "a<-x x<-b", "to a: from child to parent, a -> x -> b -> a"),
            ("a b<-a c d<-c", "a<-d c<-b", "to a: from child to parent, a -> d -> c -> b -> a"),
            // The way that a batch opens is closed elsewhere.
            ("a b<-a c<-b", "b<-c c<-b", "to b: from child to parent, b -> c -> b"),
            // Through a parent that was missing.
            ("b<-x c<-b", "x<-c", "to x: from child to parent, x -> c -> b -> x"),
            ("b<-x", "x<-y y<-b", "to x: from child to parent, x -> y -> b -> x"),
            // Found from below it.
            ("a b<-a c<-b", "l<-a a<-c", "to a: from child to parent, a -> c -> b -> a"),
            ("a b<-a c<-b", "y<-b z<-y a<-c", "to a: from child to parent, a -> c -> b -> a"),
        ])
    func refused(sketch: String, redefined: String, message: String) throws {
        try Domain.guest(sketch).expectRefusal(
            .redefine(redefined), .parentCycle, "would create cycle \(message)")
    }

    @Test("The message begins with libvirt's words and with the parent that was given")
    func words() throws {
        try Domain.guest("a b<-a c<-b").expectRefusal(
            .redefine("a<-c"), .parentCycle, "parent c would create cycle to a: ")
    }

    @Test("Of a long cycle the message shows both ends and counts the rest")
    func longCycle() throws {
        for (size, part) in [(24, "c12 -> c11"), (25, "(1 more)"), (1_000, "(976 more)")] {
            let links = (1..<size).map { "c\($0)<-c\($0 - 1)" }.joined(separator: " ")
            let domain = try Domain.guest("c0 " + links)
            let redefine = try Command.redefine("c0<-c\(size - 1)")
            domain.expectRefusal(redefine, .parentCycle, part)
            domain.expectRefusal(redefine, .parentCycle, "parent, c0 -> c\(size - 1) -> c")
            domain.expectRefusal(redefine, .parentCycle, "c2 -> c1 -> c0")
        }
    }

    @Test(
        "An existing cycle is repaired by redefining any of its members",
        arguments: [
            ("a<-b b<-a", "a", "a .b"), ("a<-b b<-a", "b", "b .a"), ("a<-a", "a", "a"),
            ("a<-c b<-a c<-b d", "b<-d", "d .b ..c ...a"), ("a<-b b<-a", "a b", "a b"),
            ("a<-b b<-a", "a x<-a b<-x", "a .x ..b"), ("a<-b b<-a", "b<-x x", "x .b ..a"),
        ])
    func repaired(sketch: String, redefined: String, tree: String) throws {
        var domain = try Domain.guest(sketch)
        #expect(domain.graph.hasErrors)
        try domain.carryOut(.redefine(redefined))
        #expect(domain.graph.tree == tree)
        #expect(!domain.graph.hasErrors)
    }

    @Test(
        "A member that is redefined without repair the cycle is refused",
        arguments: [
            ("a<-b b<-a", "a<-b", MomentlogError.Code.parentCycle, "a -> b -> a"),
            ("a<-b b<-a", "b<-a", .parentCycle, "b -> a -> b"),
            ("a<-c b<-a c<-b", "b<-a", .parentCycle, "b -> a -> c -> b"),
            ("a<-c b<-a c<-b", "a<-c x<-a", .parentCycle, "a -> c -> b -> a"),
            // A shorter cycle, a longer one.
            ("a<-c b<-a c<-b", "a<-b", .parentCycle, "a -> b -> a"),
            ("a<-b b<-a", "a<-x x<-b", .parentCycle, "a -> x -> b -> a"),
            ("a<-a", "a<-a", .selfParent, "moment a as its own parent"),
        ])
    func notRepaired(sketch: String, redefined: String, code: MomentlogError.Code, message: String)
        throws
    {
        try Domain.guest(sketch).expectRefusal(.redefine(redefined), code, message)
    }

    @Test(
        "What hangs below a cycle, beside it or anywhere is no fault of its",
        arguments: [
            ("x<-a", "a .b .x c"), ("x", "a .b c x"), ("c<-b", "a .b ..c"),
            ("x<-c y<-x", "a .b c .x ..y"), ("x<-y y<-b", "a .b ..y ...x c"),
            ("c<-x x<-a", "a .b .x ..c"),
        ])
    func besides(redefined: String, tree: String) throws {
        var domain = try Domain.guest("a@1<-b b@1<-a c@1", current: "c")
        try domain.carryOut(.redefine(redefined))
        #expect(domain.graph.tree == tree)
        #expect(domain.graph.errors == ["parent-cycle a b"])
    }

    @Test("One of two cycles can be repaired, and the other stays")
    func oneOfTwo() throws {
        var domain = try Domain.guest("a<-b b<-a c<-d d<-c")
        try domain.carryOut(.redefine("c"))
        #expect(domain.graph.errors == ["parent-cycle a b"])
        try domain.carryOut(.redefine("b<-d"))
        #expect(domain.graph.errors == [])
        #expect(domain.graph.tree == "c .d ..b ...a")
    }

    @Test(
        "A missing parent is repaired by redefining it or its children",
        arguments: [
            ("x", "a x .b ..c"), ("x<-a", "a .x ..b ...c"), ("b", "a b .c"), ("b<-a", "a .b ..c"),
            ("b<-y y", "a y .b ..c"), ("x b<-x", "a x .b ..c"),
        ])
    func danglingRepaired(redefined: String, tree: String) throws {
        var domain = try Domain.guest("a@1 b@2<-x c@3<-b")
        try domain.carryOut(.redefine(redefined))
        #expect(
            domain.graph.tree.split(separator: " ").sorted() == tree.split(separator: " ").sorted())
        #expect(domain.graph.errors == [])
    }

    @Test("A missing parent is refused even if the record names it already")
    func danglingGivenAgain() throws {
        let domain = try Domain.guest("a b<-x")
        for sketch in ["b<-x", "c<-x", "c<-x b"] {
            try domain.expectRefusal(.redefine(sketch), .parentNotFound, "parent x for moment")
        }
        var repaired = domain
        try repaired.carryOut(.redefine("c<-b"))
        #expect(repaired.graph.errors == ["dangling-parent b"])
    }
}
