import TestSupport
import Testing

struct DeleteCommandTests {
    @Test(
        "One goes, or all below, or both; children move up, and so does the current",
        arguments: [
            (["c"], "Domain checkpoint c deleted\n", "a b<-a d<-b*"),
            (["d"], "Domain checkpoint d deleted\n", "a b<-a c<-b*"),
            (["b", "--children"], "Domain checkpoint b and its children deleted\n", "a*"),
            (["b", "--children-only"], "Domain checkpoint b children deleted\n", "a b<-a*"),
            (
                ["d", "--children-only"],
                "Domain checkpoint d has no children: nothing to delete\n",
                "a b<-a c<-b d<-c*"
            ),
            (["a", "--children"], "Domain checkpoint a and its children deleted\n", ""),
        ])
    func scopes(arguments: [String], sentence: String, graph: String) throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c", "d")
        let run = try fixture.run(["delete", "vm"] + arguments)
        #expect(run.status == 0)
        #expect(run.output == sentence)
        #expect(run.errors.isEmpty)
        #expect(try fixture.graph() == graph)
    }

    @Test("The log lists every checkpoint that went, leaves first")
    func history() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c")
        let answer = try fixture.output("delete", "vm", "a", "--children", "--format", "json")
        #expect(
            answer == #"{"ok":true,"commit":5,"sequence":[8,11],"revision":11,"checkpoint":"a"}"#
                + "\n")
        let events = try fixture.events().suffix(4)
        let names = events.filter { $0["event"] as? String == "checkpointDeleted" }
            .map { $0["checkpoint"] as? String }
        #expect(names == ["c", "b", "a"])
        #expect(Set(events.map { $0["commit"] as? Int }) == [5])
    }

    @Test("Nothing to delete is an answer without a commit")
    func nothing() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        let before = try fixture.state()
        let answer = try fixture.output(
            "delete", "vm", "a", "--children-only", "--format", "json")
        #expect(
            answer == #"{"ok":true,"commit":null,"sequence":[],"revision":3,"checkpoint":"a"}"#
                + "\n")
        #expect(try fixture.state() == before)
    }

    @Test("All below and only those below are mutually exclusive")
    func exclusive() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        let run = try fixture.run("delete", "vm", "a", "--children", "--children-only")
        #expect(run.status == 64)
        #expect(run.errors.contains("mutually exclusive"))
        #expect(try fixture.graph() == "a*")
    }
}
