import Foundation
import TestSupport
import Testing

struct RevertCommandTests {
    /// vm: 1 defined, a 2-3, b 4-5, c 6-7, then b and all below deleted (8-10).
    private func history() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c")
        _ = try fixture.output("delete", "vm", "b", "--children")
        return fixture
    }

    private func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test("A domain is reverted, and reverted again, each time in one commit that says so")
    func table() throws {
        let fixture = try history()
        #expect(try fixture.graph() == "a*")
        let run = try fixture.run("revert", "vm", "7")
        #expect(run.status == 0 && run.errors.isEmpty)
        let text = words(run.output)
        #expect(text.hasPrefix("Domain 'vm' reverted to event 7 ("))
        #expect(text.contains("): 3 events in commit 6 Change Checkpoint From To"))
        #expect(text.contains("added b below a added c below b current a c"))
        #expect(text.contains("This concerns the record only."))
        #expect(try fixture.graph() == "a b<-a c<-b*")
        #expect(try fixture.output("diff", "vm", "7") == "")
        let again = try fixture.run("revert", "vm", "7")
        #expect(again.status == 0)
        #expect(words(again.output).hasSuffix("): nothing to revert"))
        #expect(try fixture.events().count == 13)
        _ = try fixture.output("revert", "vm", "10")
        #expect(try fixture.graph() == "a*")
        #expect(try fixture.output("diff", "vm", "10") == "")
    }

    @Test("A dry run prints what would change, and changes nothing")
    func dryRun() throws {
        let fixture = try history()
        let before = try fixture.state()
        let plan = try fixture.output("revert", "vm", "5", "--dry-run")
        #expect(words(plan).contains("Domain 'vm' would be reverted to event 5"))
        #expect(words(plan).contains("by 2 events"))
        let read = try fixture.run("--read-only", "revert", "vm", "5", "--dry-run")
        #expect(read.status == 0 && read.output == plan)
        #expect(try fixture.run("--read-only", "revert", "vm", "5").status == 1)
        #expect(try fixture.state() == before)
    }

    @Test("The answer in JSON has the commit and the changes")
    func json() throws {
        let fixture = try history()
        let answer = try #require(try fixture.json("revert", "vm", "7") as? [String: Any])
        #expect(
            Set(answer.keys) == ["domain", "to", "commit", "sequence", "changes"])
        #expect(answer["domain"] as? String == "vm")
        #expect(answer["to"] as? Int == 7)
        #expect(answer["commit"] as? Int == 6)
        #expect(answer["sequence"] as? [Int] == [11, 13])
        let changes = try #require(answer["changes"] as? [[String: Any]])
        #expect(changes.map { $0["change"] as? String } == ["added", "added", "current"])
        let again = try fixture.output("revert", "vm", "7", "--format", "json")
        #expect(again == #"{"domain":"vm","to":7,"commit":null,"sequence":[],"changes":[]}"# + "\n")
    }

    @Test(
        "What cannot be reverted is refused",
        arguments: [
            (["vm", "0"], 1, "domain 'vm' was not defined at 0"),
            (["vm", "99"], 1, "the log holds no event 99"),
            (["no", "3"], 1, "no domain with matching name or UUID 'no'"),
            (["vm", "soon"], 64, "invalid time 'soon'"), (["vm"], 64, "Missing"),
            (["vm", "1h"], 1, "domain 'vm' was not defined at 20"),
            (["vm", "-1h"], 1, "domain 'vm' was not defined at 20"),
        ])
    func refusals(arguments: [String], status: Int32, reason: String) throws {
        let fixture = try history()
        let before = try fixture.state()
        for options in [[], ["--dry-run"]] {
            let run = try fixture.run(["revert"] + arguments + options)
            #expect(run.status == status, "\(run.errors)")
            #expect(run.errors.contains(reason), "\(run.errors)")
        }
        #expect(try fixture.state() == before)
    }

    @Test("Restored graph errors are named")
    func errors() throws {
        let fixture = try CommandFixture()
        let library = try fixture.library("lost", ["b": "a", "c": "b"])
        #expect(try fixture.run("import", library).status == 3)
        let then = try fixture.events().count
        _ = try fixture.output("check", "lost", "--repair")
        let run = try fixture.run("revert", "lost", "\(then)")
        #expect(run.status == 0)
        #expect(
            words(run.output).contains(
                "The errors that the graph had then are back: dangling-parent; 'momentlog check'"))
        #expect(try fixture.run("check", "lost").status == 3)
        _ = try fixture.output("check", "lost", "--repair")
    }

    @Test("A line of apply reverts, too")
    func apply() throws {
        let fixture = try history()
        let run = try fixture.run(
            ["apply"],
            input: #"{"command":"revert","domain":"vm","to":7}"# + "\n"
                + #"{"command":"revert","domain":"vm","to":"now"}"# + "\n"
                + #"{"command":"revert","domain":"vm"}"# + "\n")
        let lines = run.output.split(separator: "\n")
        #expect(
            lines.prefix(2) == [
                #"{"ok":true,"commit":6,"sequence":[11,13],"revision":13,"repeated":false}"#,
                #"{"ok":true,"commit":null,"sequence":[],"revision":13,"repeated":false}"#,
            ])
        #expect(lines.last?.contains("'revert' needs the key 'to'") == true)
        #expect(try fixture.graph() == "a b<-a c<-b*")
    }

    @Test("A domain that has been renamed since is found by the name that it has now")
    func renamed() throws {
        let fixture = try history()
        _ = try fixture.output("rename", "vm", "new")
        _ = try fixture.output("revert", "new", "7")
        #expect(try fixture.graph("new") == "a b<-a c<-b*")
    }
}
