import Moments
import Testing

struct DeleteCommandTests {
    @Test("Deleting a missing checkpoint is refused", arguments: DeletionScope.allCases)
    func missing(scope: DeletionScope) throws {
        // `x` is named as a parent only.
        for (sketch, name) in [("", "x"), ("a", "x"), ("a b<-x", "x"), ("a", ""), ("a", "A")] {
            try Domain.guest(sketch).expectRefusal(
                .delete(CheckpointName(name), scope), .noCheckpoint,
                "no domain checkpoint with matching name '\(name)'")
        }
    }

    @Test(
        "One: its children move to its parent, which becomes current if it was",
        arguments: [
            // A leaf that is current.
            ("c1 c2<-c1", "c2", "c2", "deleted c2, current c1", "c1"),
            // Current with children.
            ("c1 c2<-c1 c3<-c2 c4<-c2", "c2", "c2", "deleted c2, current c1", "c1 .c3 .c4"),
            // Current and root.
            ("c1 c2<-c1", "c1", "c1", "deleted c1, current none", "c2"),
            ("c1", "c1", "c1", "deleted c1, current none", ""),
            // In the middle, or anywhere, and not current.
            ("c1 c2<-c1 c3<-c2", "c3", "c2", "deleted c2", "c1 .c3"),
            ("c1 c2<-c1 c3<-c2", "c3", "c1", "deleted c1", "c2 .c3"),
            ("c1 c2<-c1 c3<-c2", "c1", "c2", "deleted c2", "c1 .c3"),
            ("c1 c2<-c1", nil, "c1", "deleted c1", "c2"),
        ] as [(String, String?, String, String, String)])
    func one(sketch: String, current: String?, name: String, words: String, tree: String) throws {
        var domain = try Domain.guest(sketch, current: current)
        #expect(try domain.carryOut(.delete(CheckpointName(name), .checkpoint)) == words)
        #expect(domain.graph.tree == tree)
    }

    @Test("The child of a deleted root has no parent")
    func childOfRoot() throws {
        var domain = try Domain.guest("c1 c2<-c1", current: "c2")
        try domain.carryOut(.delete("c1", .checkpoint))
        #expect(domain.graph.checkpoint(named: "c2")?.parent == nil)
        #expect(domain.graph.current == "c2")
    }

    @Test(
        "With its children: leaves first, and its parent becomes current if the current goes",
        arguments: [
            (
                "c1 c2<-c1 c3<-c2 c4<-c3", "c4", "c2",
                "deleted c4, deleted c3, deleted c2, current c1", "c1"
            ),
            ("c1 c2<-c1 c3<-c2", "c2", "c2", "deleted c3, deleted c2, current c1", "c1"),
            ("c1 c2<-c1 c3<-c2", "c1", "c2", "deleted c3, deleted c2", "c1"),
            // The current is outside.
            ("c1 c2<-c1 c3<-c2 d<-c1", "d", "c2", "deleted c3, deleted c2", "c1 .d"),
            ("c1 c2<-c1 d", "d", "c1", "deleted c2, deleted c1", "d"),
            ("c1 c2<-c1", nil, "c1", "deleted c2, deleted c1", ""),
            // A root, a leaf, a fork.
            ("c1 c2<-c1 d", "c2", "c1", "deleted c2, deleted c1, current none", "d"),
            ("c1 c2<-c1", "c2", "c2", "deleted c2, current c1", "c1"),
            (
                "a b<-a c<-b d<-b e<-d", "c", "b",
                "deleted e, deleted d, deleted c, deleted b, current a", "a"
            ),
        ] as [(String, String?, String, String, String)])
    func children(
        sketch: String, current: String?, name: String, words: String, tree: String
    ) throws {
        var domain = try Domain.guest(sketch, current: current)
        #expect(try domain.carryOut(.delete(CheckpointName(name), .children)) == words)
        #expect(domain.graph.tree == tree)
    }

    @Test(
        "Only its children: it stays, and becomes current if the current goes",
        arguments: [
            (
                "c1 c2<-c1 c3<-c2 c4<-c3", "c4", "c2", "deleted c4, deleted c3, current c2",
                "c1 .c2"
            ),
            ("c1 c2<-c1 c3<-c2", "c2", "c2", "deleted c3", "c1 .c2"),
            ("c1 c2<-c1 c3<-c2 d<-c1", "d", "c2", "deleted c3", "c1 .c2 .d"),
            ("c1 c2<-c1", nil, "c1", "deleted c2", "c1"),
            // Of a leaf nothing happens.
            ("c1 c2<-c1", "c2", "c2", "", "c1 .c2"), ("c1 c2<-c1", "c1", "c2", "", "c1 .c2"),
        ] as [(String, String?, String, String, String)])
    func childrenOnly(
        sketch: String, current: String?, name: String, words: String, tree: String
    ) throws {
        var domain = try Domain.guest(sketch, current: current)
        #expect(try domain.carryOut(.delete(CheckpointName(name), .childrenOnly)) == words)
        #expect(domain.graph.tree == tree)
    }
}

struct SetCurrentCommandTests {
    @Test(
        "The pointer moves to any checkpoint or to none, and where it is already nothing happens",
        arguments: [
            (nil, "a", "current a"), ("b", "a", "current a"), ("a", "b", "current b"),
            ("a", nil, "current none"), ("a", "a", ""), (nil, nil, ""),
        ] as [(String?, String?, String)])
    func moves(current: String?, name: String?, words: String) throws {
        var domain = try Domain.guest("a b<-a", current: current)
        #expect(try domain.carryOut(.setCurrent(name.map { CheckpointName($0) })) == words)
        #expect(domain.graph.current?.text == name)
    }

    @Test("Deleting a missing checkpoint is refused, even if it is named as a parent")
    func missing() throws {
        try Domain.guest("a b<-x").expectRefusal(
            .setCurrent("x"), .noCheckpoint, "no domain checkpoint with matching name 'x'")
        try Domain.guest().expectRefusal(.setCurrent(""), .noCheckpoint, "name ''")
    }
}
