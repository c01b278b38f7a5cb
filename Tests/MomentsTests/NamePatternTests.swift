import Moments
import Testing

struct NamePatternTests {
    @Test(
        "A pattern matches whole names as a shell's does",
        arguments: [
            ("c1", "c1", true), ("c1", "c11", false), ("c*", "c", true), ("c*", "c11", true),
            ("c*", "dc", false), ("*c", "abc", true), ("*b*", "abc", true), ("*b*", "ac", false),
            ("c?", "c1", true), ("c?", "c", false), ("c?", "c12", false), ("*", "", true),
            ("**a**", "xay", true), ("[ab]1", "b1", true), ("[ab]1", "c1", false),
            ("[a-c]1", "b1", true), ("[!a-c]1", "b1", false), ("[^a-c]1", "d1", true),
            ("[]a]1", "a1", true), ("[a1", "[a1", true), ("[a-]1", "-1", true),
            ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("", "", true),
            ("", "a", false), ("C1", "c1", false),
        ])
    func matching(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(CheckpointName(name)) == matches)
    }

    @Test("Many stars cost no more than their number times the name's length")
    func manyStars() {
        let pattern = NamePattern(String(repeating: "a*", count: 200) + "b")
        #expect(!pattern.matches(CheckpointName(String(repeating: "a", count: 5_000))))
    }

    @Test("Names and patterns name each checkpoint once, in the order of creation")
    func names() throws {
        let graph = try MomentGraph("n1 m1<-n1 n2<-m1 n10<-n2")
        #expect(try graph.names(matching: ["n*"]) == ["n1", "n2", "n10"])
        #expect(try graph.names(matching: ["n10", "n?", "n1"]) == ["n10", "n1", "n2"])
        for (patterns, reason) in [(["x"], "'x'"), (["n1", "x*"], "matches 'x*'")] {
            let error = #expect(throws: MomentlogError.self) {
                try graph.names(matching: patterns)
            }
            #expect(error?.code == .noCheckpoint)
            #expect(error?.message.contains(reason) == true)
        }
    }
}
