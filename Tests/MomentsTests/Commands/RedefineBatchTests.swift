import Moments
import TestSupport
import Testing

/// Several checkpoints that are redefined in one commit.
struct RedefineBatchTests {
    @Test(
        "Any order gives the same graph, and the same current if only one can become it",
        arguments: Seeds.all,
        [
            "a@1 b@2<-a c@3<-b d@4<-a e@5<-r f@6<-e g@7 h@8<-c",
            "a@1 b@2<-a c@3<-b d@4<-a e@5<-r f@6<-r g@7 h@8<-c*",
        ])
    func anyOrder(seed: UInt64, sketch: String) throws {
        var generator = SplitMix64(seed: seed)
        var first = try Domain.guest("r b<-r c", current: "r")
        try first.carryOut(.redefine(sketch))
        #expect(first.graph.current == (sketch.hasSuffix("*") ? "h" : "f"))
        for round in 0..<50 {
            var words = sketch.split(separator: " ")
            words.shuffle(using: &generator)
            var domain = try Domain.guest("r b<-r c", current: "r")
            try domain.carryOut(.redefine(words.joined(separator: " ")))
            try #require(domain.graph == first.graph, "seed \(seed), round \(round)")
        }
    }

    @Test(
        "Parents are recorded before their children, and the rest in the given order",
        arguments: [
            ("a b c", "a b c"), ("c b a", "c b a"), ("c<-b b<-a a", "a b<-a c<-b"),
            ("b<-a x a", "a b<-a x"), ("x c<-b a b<-a y", "x a b<-a c<-b y"),
            ("b<-r a<-r c<-b d<-a", "b<-r a<-r c<-b d<-a"),
            ("c<-a b<-a a", "a c<-a b<-a"),
        ])
    func parentsFirst(given: String, recorded: String) throws {
        var domain = try Domain.guest("r", current: "r")
        let words = try domain.carryOut(.redefine(given))
        let expected = recorded.split(separator: " ").map { "redefined \($0)" }
        #expect(words.split(separator: ", current")[0] == expected.joined(separator: ", "))
    }

    @Test(
        "The order in which an export lists them is kept, and keeps the current",
        arguments: [
            ("a b<-a c<-b d<-a e<-d f", "c"), ("a b<-a c<-b d<-a e<-d f", "e"), ("a b c", "b"),
            ("a b<-a c<-a d<-a", "c"),
        ])
    func exportedOrder(sketch: String, current: String) throws {
        let source = try MomentGraph(sketch, current: current)
        let order = source.redefinitionOrder()
        #expect(order.keepsCurrent)
        var domain = try Domain.guest()
        let redefinitions = order.names.compactMap { source.checkpoint(named: $0) }
            .map { Redefinition($0) }
        let events = try decide(.redefine(redefinitions), for: domain, in: .guest())
        #expect(events.dropLast().map { $0.checkpointName } == order.names)
        for event in events { try domain.apply(event) }
        #expect(domain.graph == source)
    }

    @Test("Two of one name are refused, the same or not", arguments: ["x y x", "x<-a x", "a a"])
    func twice(sketch: String) throws {
        try Domain.guest("a").expectRefusal(
            .redefine(sketch), .exists, "domain moment \(sketch.prefix(1)) is given twice")
    }

    @Test(
        "One that is refused has all refused",
        arguments: [
            ("x y<-x z<-nosuch", .parentNotFound), ("x y<-x z<-z", .selfParent),
            ("x y<-z z<-y", .parentCycle), ("x y<-x a<-b", .parentCycle),
        ] as [(String, MomentlogError.Code)])
    func allOrNone(sketch: String, code: MomentlogError.Code) throws {
        try Domain.guest("a b<-a").expectRefusal(.redefine(sketch), code, "")
        // Without the last ones it is accepted.
        var domain = try Domain.guest("a b<-a")
        #expect(
            try domain.carryOut(.redefine("x y<-x")) == "redefined x, redefined y<-x, current y")
    }

    @Test(
        "A chain can be reversed, split and joined again",
        arguments: [
            ("a b<-a", "a<-b b", "b .a"), ("a b<-a c<-b", "a<-b b<-c c", "c .b ..a"),
            ("a b<-a c<-b", "b<-c c a<-b", "c .b ..a"), ("a b<-a c<-b", "a<-c c", "c .a ..b"),
            ("a b<-a c<-b", "c<-a b<-c", "a .c ..b"),
            // b is not given and stays below a.
            ("a b<-a c<-b", "a<-x x c<-a", "x .a ..b ..c"), ("a b<-a c<-b", "c a<-c", "c .a ..b"),
            ("a b<-a c<-b d<-c", "d a<-d c", "c d .a ..b"),
        ])
    func turned(sketch: String, redefined: String, tree: String) throws {
        let times = [Character]("abcdx")
        func timed(_ sketch: String) -> String {
            sketch.split(separator: " ").map { word in
                let time = times.firstIndex(of: word[word.startIndex]) ?? 0
                return "\(word.prefix(1))@\(time)\(word.dropFirst())"
            }.joined(separator: " ")
        }
        var domain = try Domain.guest(timed(sketch))
        try domain.carryOut(.redefine(timed(redefined)))
        #expect(domain.graph.tree == tree)
        #expect(domain.graph.errors == [])
    }
}
