import TestSupport
import Testing

struct DeleteCommandTests {
    @Test(
        "One goes, or all below, or both; children move up, and so does the current",
        arguments: [
            (["c"], "Recorded: checkpoint c of vm deleted\n", "a b<-a d<-b*"),
            (["d"], "Recorded: checkpoint d of vm deleted\n", "a b<-a c<-b*"),
            (
                ["b", "--children"],
                "Recorded: checkpoint b and its descendants of vm deleted: d, c, b\n", "a*"
            ),
            (
                ["b", "--children-only"],
                "Recorded: checkpoint b's descendants of vm deleted: d, c\n", "a b<-a*"
            ),
            (
                ["d", "--children-only"],
                "Unchanged: checkpoint d of vm has no descendants\n",
                "a b<-a c<-b d<-c*"
            ),
            (
                ["a", "--children"],
                "Recorded: checkpoint a and its descendants of vm deleted: d, c, b, a\n", ""
            ),
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

    @Test("The log lists every deleted checkpoint, leaves first")
    func history() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c")
        let answer = try fixture.output("delete", "vm", "a", "--children", "--format", "json")
        #expect(
            answer
                == #"{"ok":true,"commit":5,"sequence":[8,11],"revision":11,"checkpoint":"a","repeated":false}"#
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
            answer
                == #"{"ok":true,"commit":null,"sequence":[],"revision":3,"checkpoint":"a","repeated":false}"#
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
