import Moments
import TestSupport
import Testing

struct ListingTests {
    /// Two roots, of which the younger has the older children; b and c are as old
    /// as each other, and g's name comes before f's time.
    static let sketch = "a@5 c@7<-a b@7<-a d@8<-b r@1 f@3<-r e@2<-r g@2<-f"

    @Test(
        "A listing gives the scope that it asks for, siblings by time and then name",
        arguments: [
            (Listing(), "r e g f a b c d"),
            (Listing(order: .topological), "r e f g a b d c"),
            (Listing(.roots), "r a"),
            (Listing(.roots, order: .topological), "r a"),
            (Listing(.children(of: "a")), "b c"),
            (Listing(.children(of: "r"), order: .topological), "e f"),
            (Listing(.children(of: "d")), ""),
            (Listing(.descendants(of: "r")), "e g f"),
            (Listing(.descendants(of: "r"), order: .topological), "e f g"),
            (Listing(.descendants(of: "a"), order: .topological), "b d c"),
            (Listing(.descendants(of: "g")), ""),
            (Listing(leaves: .only), "e g c d"),
            (Listing(leaves: .only, order: .topological), "e g d c"),
            (Listing(leaves: .excluded), "r f a b"),
            (Listing(leaves: .excluded, order: .topological), "r f a b"),
            (Listing(.roots, leaves: .only), ""),
            (Listing(.roots, leaves: .excluded), "r a"),
            (Listing(.children(of: "a"), leaves: .only), "c"),
            (Listing(.children(of: "a"), leaves: .excluded), "b"),
            (Listing(.descendants(of: "r"), leaves: .only), "e g"),
            (Listing(.descendants(of: "r"), leaves: .excluded, order: .topological), "f"),
            (Listing(order: .name), "a b c d e f g r"),
            (Listing(.descendants(of: "r"), order: .name), "e f g"),
            (Listing(since: 5), "a b c d"), (Listing(before: 5), "r e g f"),
            (Listing(order: .topological, since: 2, before: 8), "e f g a b c"),
            (Listing(since: 9), ""), (Listing(before: 1), ""),
        ])
    func scopes(listing: Listing, names: String) throws {
        let graph = try MomentGraph(Self.sketch)
        #expect(graph.names(listing)?.map(\.text).joined(separator: " ") == names)
        #expect(graph.list(listing)?.map(\.checkpoint.name) == graph.names(listing))
    }

    @Test("A listing from a missing checkpoint is nil, not empty")
    func fromNowhere() throws {
        let graph = try MomentGraph("a b<-x")
        for name in ["x", "nobody", ""] {
            for scope in [
                Listing.Scope.children(of: CheckpointName(name)),
                .descendants(of: CheckpointName(name)),
            ] {
                #expect(graph.names(Listing(scope)) == nil)
                #expect(graph.list(Listing(scope)) == nil)
            }
        }
        #expect(graph.names(Listing(.children(of: "a"))) == [])
    }

    @Test("An empty graph lists nothing")
    func emptyGraph() {
        #expect(MomentGraph().names() == [])
        #expect(MomentGraph().list(Listing(.roots, order: .topological))?.isEmpty == true)
    }

    @Test("The order does not depend on the order of the events")
    func repeatable() throws {
        let words = Self.sketch.split(separator: " ")
        var generator = SplitMix64(seed: 7)
        for _ in 0..<20 {
            let shuffled = words.shuffled(using: &generator).joined(separator: " ")
            let graph = try MomentGraph(shuffled)
            #expect(graph.names()?.map(\.text).joined(separator: " ") == "r e g f a b c d")
            #expect(graph.tree == "r .e .f ..g a .b ..d .c")
        }
    }

    @Test("Names that differ in case or length are in the order of their bytes")
    func nameOrder() throws {
        let graph = try MomentGraph("b@1 a@1 B@1 -@1 a.b@1 a-b@1 aa@1 _@1 10@1 9@1")
        #expect(graph.names() == ["-", "10", "9", "B", "_", "a", "a-b", "a.b", "aa", "b"])
    }

    @Test(
        "A moment counts its children and all that is below it",
        arguments: [
            ("r", 2, 3), ("e", 0, 0), ("f", 1, 1), ("g", 0, 0), ("a", 2, 3), ("b", 1, 1),
            ("c", 0, 0), ("d", 0, 0),
        ])
    func counts(name: String, children: Int, descendants: Int) throws {
        let graph = try MomentGraph(Self.sketch, current: "f")
        let moment = try #require(graph.moment(named: CheckpointName(name)))
        #expect(moment.childCount == children)
        #expect(moment.descendantCount == descendants)
        #expect(moment.isCurrent == (name == "f"))
        #expect(graph.list()?.first { $0.checkpoint.name.text == name } == moment)
        #expect(graph.list(Listing(.descendants(of: "a")))?.first?.descendantCount == 1)
    }

    @Test("In a cycle the counts are those of the tree that is shown")
    func countsInCycle() throws {
        let graph = try MomentGraph("a@1<-b b@2<-a c<-b d<-x e<-d")
        let counts = graph.list()?.map { [$0.childCount, $0.descendantCount] }
        #expect(counts == [[1, 2], [1, 1], [0, 0], [1, 1], [0, 0]])
        #expect(graph.names(Listing(.children(of: "a"))) == ["b"])
        #expect(graph.names(Listing(.descendants(of: "b"))) == ["c"])
        #expect(graph.names(Listing(leaves: .only)) == ["c", "e"])
        #expect(graph.names(Listing(leaves: .excluded)) == ["a", "b", "d"])
        #expect(graph.moment(named: "b")?.descendantCount == 1)
    }

    @Test("A checkpoint whose only child is cut off from it is shown as a leaf")
    func leafInCycle() throws {
        let graph = try MomentGraph("a@1<-b b@2<-a c@3<-c")
        #expect(graph.names(Listing(leaves: .only)) == ["b", "c"])
        #expect(graph.names(Listing(leaves: .excluded)) == ["a"])
        #expect(graph.names(Listing(.children(of: "b"))) == [])
        #expect(graph.names(Listing(.descendants(of: "c"), order: .topological)) == [])
    }
}
