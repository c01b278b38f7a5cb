import Foundation
import Glibc
import TestSupport
import Testing

/// The audit trail and its conditions.
struct LogCommandTests {
    /// 1 to 9: an import of c1 to c3; 10, 11: n1 by night; 12: c2 deleted by day; 13, 14: n2 by
    /// night; 15: other defined.
    private func history() throws -> CommandFixture {
        let fixture = try CommandFixture()
        let library = try fixture.library("vm", ["c1": nil, "c2": "c1", "c3": "c2"])
        _ = try fixture.output("import", library, "--actor", "admin")
        let definition = try fixture.folder.write(CheckpointText.guest("vm"), to: "vm.xml")
        _ = try fixture.output("define", definition, "--actor", "admin")
        _ = try fixture.output("create", "vm", "--name", "n1", "--actor", "night")
        _ = try fixture.output(
            "delete", "vm", "c2", "--actor", "day", "--reason", "too\nold")
        _ = try fixture.output("create", "vm", "--name", "n2", "--actor", "night")
        _ = try fixture.output("redefine", "vm", library + "/c2.xml", "--actor", "day")
        try fixture.define("other", digit: "b")
        return fixture
    }

    @Test(
        "conditions combine",
        arguments: [
            ([], Array(1...13)),
            (["vm"], Array(1...12)), (["other"], [13]),
            (["vm", "--checkpoint", "c2"], [3, 9, 12]), (["--checkpoint", "c2"], [3, 9, 12]),
            (["--kind", "checkpointDeleted"], [9]),
            (["--kind", "checkpointDeleted", "--kind", "checkpointCreated"], [7, 9, 10]),
            (["--actor", "night"], [7, 8, 10, 11]), (["--actor", "nobody"], []),
            (["--origin", "import"], [1, 2, 3, 4, 5]),
            (["--origin", "command", "--actor", "day"], [9, 12]),
            (["--commit", "1"], [1, 2, 3, 4, 5]), (["--commit", "3"], [7, 8]),
            (["--commit", "99"], []),
            (["--since", "10"], [10, 11, 12, 13]), (["--until", "2"], [1, 2]),
            (["--since", "8", "--until", "8"], [8]), (["--until", "0"], []),
            (["--since", "-1h", "--until", "now"], Array(1...13)),
            (["--until", "-1h"], []), (["--since", "2001-01-01", "--until", "2001-01-02"], []),
            (["--reverse", "--limit", "2"], [13, 12]), (["--limit", "0"], []),
            (["vm", "--reverse", "--limit", "2", "--until", "10"], [10, 9]),
            (
                ["vm", "--checkpoint", "c2", "--actor", "day", "--kind", "checkpointRedefined"],
                [12]
            ),
        ] as [([String], [Int])])
    func conditions(arguments: [String], sequences: [Int]) throws {
        let fixture = try history()
        let whole = try fixture.output("log", "--format", "jsonl").split(separator: "\n")
        let run = try fixture.run(["log", "--format", "jsonl"] + arguments)
        #expect(run.errors == "")
        // The very bytes, whatever else is asked for.
        #expect(run.output.split(separator: "\n") == sequences.map { whole[$0 - 1] })
        let array = try fixture.run(["log", "--format", "json"] + arguments)
        let events = try JSONSerialization.jsonObject(with: Data(array.output.utf8))
        #expect((events as? [[String: Any]])?.map { $0["sequence"] as? Int } == sequences)
        let table = try fixture.run(["log"] + arguments).output.split(separator: "\n")
        #expect(
            sequences.isEmpty
                ? table == ["No matching events."]
                : table.dropFirst(2).map { $0.split(separator: " ").first.flatMap { Int($0) } }
                    == sequences)
    }

    @Test("a log longer than a page is shown whole, in either direction")
    func pages() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let lines = (0..<1_300).map {
            #"{"command":"create","domain":"vm","xml":"<domaincheckpoint><name>c\#($0)"#
                + #"</name></domaincheckpoint>"}"#
        }
        _ = try fixture.run(["apply"], input: lines.joined(separator: "\n"))
        for arguments in [[], ["vm"]] {
            let all = try fixture.run(["log", "--format", "jsonl"] + arguments).output
                .split(separator: "\n")
            #expect(all.count == 2_601)
            #expect(all.first?.hasPrefix(#"{"sequence":1,"#) == true)
            #expect(all.last?.hasPrefix(#"{"sequence":2601,"#) == true)
            let back = try fixture.run(
                ["log", "--format", "jsonl", "--reverse", "--limit", "2100"] + arguments)
            #expect(back.output.split(separator: "\n") == Array(all.reversed().prefix(2_100)))
        }
    }

    @Test("--verbose shows all that is recorded")
    func verbose() throws {
        let text = try history().output("log", "vm", "--verbose", "--commit", "4")
        for part in [
            "event 9  c2 deleted\n", "  Kind:          checkpointDeleted\n",
            "  Commit:        4\n", "  Domain:        vm\n", "  Revision:      9\n",
            "  Actor:         day\n", #"  Reason:        too\nold"#, "  Origin:        command\n",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test(
        "what cannot be asked for is refused in one line",
        arguments: [
            (["--checkpoint", "c0"], 1, "no domain ever had a checkpoint 'c0'"),
            (["vm", "--checkpoint", "never"], 1, "never had a checkpoint 'never'"),
            (["no"], 1, "no domain with matching name or UUID 'no'"),
            (["--kind", "deleted"], 64, "no event is a 'deleted'"),
            (["--origin", "mail"], 64, "nothing comes in by 'mail'"),
            (["--commit", "0"], 64, "from 1 on"), (["--limit", "-1"], 64, "--limit"),
            (["--since", "14"], 1, "the log holds no event 14; its last event is 13"),
            (["--until", "99"], 1, "the log holds no event 99"),
            (["--since", "5", "--until", "4"], 64, "begins after its end"),
            (["--since", "now", "--until", "-1h"], 64, "begins after its end"),
            (["--since", "2026-02-30"], 64, "no such date"),
            (["--follow", "--reverse"], 64, "exclude each other"),
            (["--follow", "--until", "now"], 64, "exclude each other"),
            (["--follow", "--format", "json"], 64, "exclude each other"),
            (["--verbose", "--format", "json"], 64, "--verbose is for tables"),
        ])
    func refusals(arguments: [String], status: Int32, reason: String) throws {
        let run = try history().run(["log"] + arguments)
        #expect(run.status == status)
        #expect(run.errors.contains(reason), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.output.isEmpty)
    }

    @Test("--follow shows what other processes append, and ends with an interrupt")
    func follow() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let session = try CommandSession(["log", "--follow", "--format", "jsonl"], fixture)
        let before = try (0..<3).map { _ in try session.next() }
        for round in 2...4 {
            _ = try fixture.output("create", "vm", "--name", "c\(round)")
            let lines = try (0..<2).map { _ in try #require(try session.next()) }
            #expect(lines[0].contains(#""event":"checkpointCreated""#))
            #expect(lines[0].contains("\"checkpoint\":\"c\(round)\""))
            #expect(lines[1].contains(#""event":"currentSet""#))
        }
        #expect(before.count == 3)
        #expect(kill(session.identifier, SIGINT) == 0)
        #expect(try session.next() == nil)
        let end = try session.finish()
        #expect(end.status == 0)
        #expect(end.errors.isEmpty)
        #expect(try !fixture.folder.contents.contains("store.db-wal"))
    }

    @Test("--follow ends when nobody reads any more, and with the limit")
    func followEnds() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let command = CommandRun.products.appending(path: "momentlog").path
        // The second prints nothing more: its end is that of its reader.
        let script = """
            "$0" log --follow --limit 2 --format jsonl | wc -l
            { "$0" log --follow --format jsonl; echo "status $?" >&2; } | head -n 1 >/dev/null
            """
        let run = try CommandRun.run(
            "/bin/sh", ["-c", script, command], environment: fixture.environment)
        #expect(run.output == "2\n")
        #expect(run.errors == "status 0\n")
    }
}
