import Moments
import Testing

struct CurrentAfterRedefineTests {
    @Test(
        "None is current: what is redefined becomes current, whether or not others exist",
        arguments: [
            ("", "x", "redefined x, current x"),
            ("a b<-a", "x<-a", "redefined x<-a, current x"),
            ("a b<-a", "a", "redefined a, current a"),
            ("a b<-a", "b<-a", "redefined b<-a, current b"),
        ])
    func none(sketch: String, redefined: String, words: String) throws {
        var domain = try Domain.guest(sketch)
        #expect(try domain.carryOut(.redefine(redefined)) == words)
    }

    @Test(
        "A redefined child of the current checkpoint becomes current, even an existing one",
        arguments: [
            ("x<-b", "redefined x<-b, current x"), ("c<-b", "redefined c<-b, current c"),
            ("d<-b", "redefined d<-b, current d"),
            // Any other leaves the current as it is, itself as well.
            ("x<-a", "redefined x<-a"), ("x", "redefined x"), ("x<-c", "redefined x<-c"),
            ("c", "redefined c"), ("a", "redefined a"), ("b<-a", "redefined b<-a"),
            ("b", "redefined b"), ("b<-d", "redefined b<-d"),
        ])
    func some(redefined: String, words: String) throws {
        var domain = try Domain.guest("a b<-a c<-a d", current: "b")
        #expect(try domain.carryOut(.redefine(redefined)) == words)
        let moved = words.split(separator: ", current ").dropFirst().first.map(String.init)
        #expect(domain.graph.current?.text == (moved ?? "b"))
    }

    @Test(
        "Several redefinitions move the pointer as if they came one by one, in one event",
        arguments: [
            (nil, "a b<-a c<-b", "c"), (nil, "c<-b b<-a a", "c"), (nil, "a b<-a c<-a", "b"),
            (nil, "a c<-a b<-a", "c"), (nil, "a b", "a"), ("r", "a<-r b<-a c<-r", "b"),
            ("r", "c<-r a<-r b<-a", "c"), ("r", "a b<-a", nil), ("r", "r a<-r", "a"),
        ] as [(String?, String, String?)])
    func several(current: String?, sketch: String, moved: String?) throws {
        var domain = try Domain.guest("r", current: current)
        let words = try domain.carryOut(.redefine(sketch))
        #expect(domain.graph.current?.text == moved ?? current)
        #expect(words.contains("current") == (moved != nil))
        #expect(words.split(separator: "current").count <= 2)

        // The same checkpoints one by one, parents first.
        var single = try Domain.guest("r", current: current)
        for word in words.split(separator: ", ") where word.hasPrefix("redefined") {
            try single.carryOut(.redefine(String(word.dropFirst("redefined ".count))))
        }
        #expect(single.graph == domain.graph)
    }

    @Test(
        "A document that says that it is current has its way",
        arguments: [
            (nil, "x* y<-x", "x"), ("b", "x<-a*", "x"), ("b", "a*", "a"),
            ("b", "x<-b y<-x z*", "z"),
            ("b", "c<-b b<-a*", nil), ("b", "b<-a*", nil),
        ] as [(String?, String, String?)])
    func claimed(current: String?, sketch: String, moved: String?) throws {
        var domain = try Domain.guest("a b<-a", current: current)
        let words = try domain.carryOut(.redefine(sketch))
        #expect(domain.graph.current?.text == moved ?? current)
        #expect(words.contains("current") == (moved != nil))
        // It is settled by the pointer, not a claim against others.
        #expect(!words.contains("*"))
        #expect(domain.graph.currentClaims == [])
    }

    @Test("Two documents that say so are refused, and named")
    func claimedTwice() throws {
        let domain = try Domain.guest("a", current: "a")
        try domain.expectRefusal(
            .redefine("x* y z*"), .usage, "2 documents claim to be the current checkpoint")
        try domain.expectRefusal(.redefine("x* y z*"), .usage, "'x' and 'z'")
    }
}
