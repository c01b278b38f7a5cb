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
        "Conditions combine",
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
            (["--reverse", "-n", "2"], [13, 12]), (["-n", "0"], []), (["-n", "3"], [11, 12, 13]),
            (["vm", "-n", "2"], [11, 12]), (["-n2", "--until", "4"], [3, 4]),
            (["-n", "99"], Array(1...13)), (["--actor", "night", "-n", "1"], [11]),
            (["--since", "9", "-n", "2"], [12, 13]),
            (["--actor", "night", "--actor", "day"], Array(7...12)),
            (["--actor", "night", "--actor", "day", "-n", "2", "vm"], [11, 12]),
            (["--checkpoint", "c2", "--checkpoint", "n1"], [3, 7, 8, 9, 12]),
            (["--origin", "import", "--origin", "command"], Array(1...13)),
            (["--commit", "3", "--commit", "4"], [7, 8, 9]),
            (["--commit", "3", "--commit", "4", "--reverse", "-n", "2"], [9, 8]),
            (["--grep", "too.*old"], [9]), (["--grep", "TOO"], []),
            (["--grep", "NIGHT|day"], [9, 12]), (["--grep", "NIGHT", "--grep", "day"], [9, 12]),
            (["--grep", "night|\"day\""], Array(7...12)),
            (["--grep", "checkpoint(Created|Deleted)", "-n", "2"], [9, 10]),
            (["vm", "--reverse", "-n", "2", "--until", "10"], [10, 9]),
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

    @Test("A log longer than a page is shown whole, in either direction")
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
                ["log", "--format", "jsonl", "--reverse", "-n", "2100"] + arguments)
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
        "What cannot be asked for is refused in one line",
        arguments: [
            (["--checkpoint", "c0"], 1, "no domain ever had a checkpoint 'c0'"),
            (["vm", "--checkpoint", "never"], 1, "never had a checkpoint 'never'"),
            (["no"], 1, "no domain with matching name or UUID 'no'"),
            (["--kind", "deleted"], 64, "no event is a 'deleted'"),
            (["--origin", "mail"], 64, "unknown origin 'mail'"),
            (["--commit", "0"], 64, "from 1 on"), (["-n=-1"], 64, "-n"),
            (["--limit", "2"], 64, "--limit is now called -n"),
            (["--grep", "(a"], 64, "invalid pattern '(a'"),
            (["--grep", "a", "--grep", "(b"], 64, "invalid pattern '(b'"),
            (["--oneline", "--verbose"], 64, "excludes"),
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
        let session = try CommandSession(
            ["log", "--follow", "-n", "99", "--format", "jsonl"], fixture)
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

    @Test("--follow shows what is appended from now on, and before it what -n asks for")
    func followFromNow() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        for (options, first) in [
            (["-n", "1"], "c2 is current"), (["--since", "4"], "c2 created"),
        ] {
            let session = try CommandSession(["log", "--follow", "--oneline"] + options, fixture)
            #expect(try session.next()?.hasSuffix("vm: \(first)") == true)
            #expect(kill(session.identifier, SIGINT) == 0)
            _ = try session.finish()
        }
        let session = try CommandSession(["log", "--follow", "--oneline"], fixture)
        // Until it has begun, what is appended is not from then on.
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = [
            "-c", "i=3; while \"$0\" create vm --name c$i >/dev/null; do i=$((i+1)); done",
            CommandRun.products.appending(path: "momentlog").path,
        ]
        writer.environment = fixture.environment
        try writer.run()
        let line = try session.next()
        writer.terminate()
        writer.waitUntilExit()
        let number = try #require(line?.split(separator: " ").first.flatMap { Int($0) })
        #expect(number > 5, "\(line ?? "")")
        #expect(kill(session.identifier, SIGINT) == 0)
        _ = try session.finish()
    }

    @Test("--oneline prints a short line for each event, and nothing else")
    func oneline() throws {
        let fixture = try history()
        let text = try fixture.output("log", "--oneline", "-n", "3")
        #expect(text == "11 vm: n2 is current\n12 vm: c2 redefined\n13 other: domain defined\n")
        #expect(try fixture.output("log", "--oneline", "-n", "0").isEmpty)
    }

    @Test("A domain is found by its former names, unless another has the name now")
    func formerNames() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        _ = try fixture.output("rename", "vm", "second")
        _ = try fixture.output("rename", "second", "third")
        let all = try fixture.output("log", "third", "--format", "jsonl")
        for name in ["vm", "second"] {
            #expect(try fixture.output("log", name, "--format", "jsonl") == all, "\(name)")
        }
        try fixture.define("vm", digit: "b")
        #expect(try fixture.output("log", "vm", "--oneline") == "6 vm: domain defined\n")
        _ = try fixture.output("undefine", "vm")
        #expect(try fixture.output("log", "vm", "--oneline").hasPrefix("6 vm: domain defined\n"))
        #expect(try fixture.run("log", "fourth").status == 1)
    }

    @Test("--follow ends when its output is closed")
    func followEnds() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1")
        let command = CommandRun.products.appending(path: "momentlog").path
        // It prints nothing more: its end is that of its reader.
        let script = """
            { "$0" log --follow -n 9 --format jsonl; echo "status $?" >&2; } | head -n 1 >/dev/null
            """
        let run = try CommandRun.run(
            "/bin/sh", ["-c", script, command], environment: fixture.environment)
        #expect(run.errors == "status 0\n")
    }
}
