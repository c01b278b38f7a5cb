import Foundation
import TestSupport
import Testing

struct DiffCommandTests {
    /// vm: 1 defined, c1 to c3 until 7, then c2 deleted (8), c1 redefined (9), renamed (10).
    private func history() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2", "c3")
        _ = try fixture.output("delete", "vm", "c2")
        let document = CheckpointText.document("c1", time: 5, extra: CheckpointText.guest("vm"))
        try fixture.run(["redefine", "vm", "-"], input: document)
        _ = try fixture.output("rename", "vm", "new")
        return fixture
    }

    @Test("A difference is one line per change, and nothing without changes")
    func table() throws {
        let fixture = try history()
        #expect(
            try fixture.output("diff", "new", "7", "10").split(separator: "\n").map { line in
                line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            }.dropFirst(2)
                == [
                    "name vm new", "removed c2 below c1",
                    "creationTime c1 \(try time(of: "c1", at: "7", fixture)) 1970-01-01 00:00:05"
                        + " +0000",
                    "disks c1 vda: bitmap c1, vdb: bitmap c1 vda: bitmap c1, vdb: no",
                    "moved c3 c2 c1",
                ])
        for (from, to) in [("7", "7"), ("5", "6"), ("0", "0")] {
            #expect(try fixture.output("diff", "vm", from, to).isEmpty)
            #expect(try fixture.output("diff", "vm", from, to, "--format", "json") == "[]\n")
        }
        #expect(try fixture.output("diff", "new", "10").isEmpty)
    }

    private func time(of name: String, at when: String, _ fixture: CommandFixture) throws -> String
    {
        let info = try fixture.output("info", "vm", name, "--at", when)
        let line = info.split(separator: "\n").first { $0.hasPrefix("Creation Time:") }
        return line?.dropFirst("Creation Time:".count)
            .trimmingCharacters(in: .whitespaces) ?? ""
    }

    @Test("Before a domain began, everything in it counts as added")
    func fromNothing() throws {
        let rows = try history().run(["diff", "new", "0", "--format", "jsonl"]).output
            .split(separator: "\n")
        #expect(rows.first == #"{"change":"live","from":false,"to":true}"#)
        #expect(rows.count { $0.contains(#""change":"added""#) } == 2)
        #expect(rows.last == #"{"change":"current","from":null,"to":"c3"}"#)
    }

    @Test(
        "What cannot be compared is refused in one line",
        arguments: [
            (["new", "9", "8"], 64, "the first point in time is after the second"),
            (["new", "now", "3"], 64, "the first point in time is after the second"),
            (["new", "11"], 1, "the log holds no event 11"),
            (["new", "1", "11"], 1, "the log holds no event 11"),
            (["no", "1"], 1, "no domain with matching name or UUID 'no'"),
            (["new", "2026-13-01"], 64, "no such date"), (["new"], 64, "Missing"),
        ])
    func refusals(arguments: [String], status: Int32, reason: String) throws {
        let run = try history().run(["diff"] + arguments)
        #expect(run.status == status)
        #expect(run.errors.contains(reason), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.output.isEmpty)
    }

    @Test("A history shows each lifetime of a name, with actors and reasons")
    func lives() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        _ = try fixture.output(
            "delete", "vm", "c1", "--actor", "cleaner", "--reason", "space")
        _ = try fixture.output("delete", "vm", "c2")
        _ = try fixture.output("create", "vm", "--name", "c2", "--actor", "again")
        let text = try fixture.output("history", "vm", "c2")
            .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000/, with: "TIME")
            .replacing("\(CommandFixture.actor),", with: "tester,")
        #expect(
            text == """
                Lifetime 1 of 2
                  4  TIME  created below c1
                      by tester, command
                  5  TIME  became current
                      by tester, command
                  6  TIME  moved to be a root: its parent c1 was deleted
                      by cleaner, command: space
                  7  TIME  deleted
                      by tester, command

                Lifetime 2 of 2, still live
                  9  TIME  created as a root
                      by again, command
                  10  TIME  became current
                      by again, command

                """)
        let lives = try #require(try fixture.json("history", "vm", "c2") as? [[String: Any]])
        #expect(lives.map { $0["ended"] as? Bool } == [true, false])
        let steps = try #require(lives[0]["steps"] as? [[String: Any]])
        #expect(
            steps.map { $0["step"] as? String } == ["created", "current", "moved", "deleted"])
        #expect(steps[2]["reason"] as? String == "space")
        #expect(steps[2]["from"] as? String == "c1" && steps[2]["to"] is NSNull)
        let never = try fixture.run("history", "vm", "never")
        #expect(never.status == 1)
        #expect(never.errors.contains("the domain never had a checkpoint 'never'"))
    }
}
