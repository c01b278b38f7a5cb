import Foundation
import TestSupport
import Testing

/// Proof that the record was not altered, from the store, from an export, and in another
/// language.
struct VerifyCommandTests {
    /// A store, an export of it, a head of its first seven events, and one of all.
    private func history() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2", "c3")
        try fixture.folder.write(try fixture.output("head"), to: "monday.head")
        _ = try fixture.output(
            "delete", "vm", "c2", "--actor", "ü@host", "--reason", "\"old\"\n\u{2028}")
        _ = try fixture.output("create", "vm", "--name", "c4")
        try fixture.folder.write(try fixture.output("head"), to: "tuesday.head")
        try fixture.folder.write(
            try fixture.output("log", "--format", "jsonl"), to: "events.jsonl")
        return fixture
    }

    @Test("a head is three lines, and the log grows from it")
    func sound() throws {
        let fixture = try history()
        let lines = try fixture.output("head").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines[0].hasPrefix("momentlog/") && lines[1] == "10")
        #expect(Data(base64Encoded: String(lines[2]))?.count == 32)
        #expect(
            try fixture.output("verify") == "10 events in 6 commits: nothing was altered\n")
        #expect(
            try fixture.output("verify", "--head", "monday.head")
                == "10 events in 6 commits: nothing was altered; 3 came after the head that was"
                + " kept\n")
        let json = try #require(try fixture.json("verify") as? [String: Any])
        #expect(json["sound"] as? Bool == true && json["size"] as? Int == 10)
        #expect(json["root"] as? String == String(lines[2]))
        #expect(
            try fixture.output("verify-log", "events.jsonl", "--head", "monday.head")
                == "10 events: nothing was altered; 3 came after the head\n")
    }

    @Test("verify names the first event that was altered, and ends with status 3")
    func altered() throws {
        let fixture = try history()
        let tampering = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            store.execute("DROP TRIGGER event_refuses_update")
            store.execute("UPDATE event SET line = replace(line, 'ü@host', 'me') WHERE sequence = 8")
            store.commit()
            """
        let tampered = try CommandRun.run(
            "/usr/bin/env", ["python3", "-c", tampering, fixture.folder.path("store.db")])
        #expect(tampered.status == 0, "\(tampered.errors)")
        let run = try fixture.run("verify")
        #expect(run.status == 3)
        #expect(run.output.hasPrefix("error  altered-event  event 8\n"))
        #expect(run.output.hasSuffix("10 events in 6 commits: 1 error, the first at event 8\n"))
        let json = try fixture.run("verify", "--format", "json", "--head", "tuesday.head")
        #expect(json.status == 3)
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let faults = (found as? [String: Any])?["faults"] as? [[String: Any]]
        #expect(faults?.first?["sequence"] as? Int == 8)
        #expect(faults?.last?["fault"] as? String == "head-mismatch")
    }

    /// The program in the documentation.
    private func program(_ fixture: CommandFixture) throws -> String {
        let page = try String(
            contentsOf: Fixtures.repository.appending(
                path: "Sources/Momentlog/Momentlog.docc/Verify.md"), encoding: .utf8)
        let match = try #require(try /```python\n(?<program>(?s:.*?))```/.firstMatch(in: page))
        #expect(match.program.split(separator: "\n").count <= 40)
        return try fixture.folder.write(String(match.program), to: "verify.py")
    }

    @Test("an export that was altered is told, by us and by the program in the documentation")
    func exports() throws {
        let fixture = try history()
        let program = try program(fixture)
        let whole = try fixture.output("log", "--format", "jsonl")
        let lines = whole.split(separator: "\n").map(String.init)
        func joined(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
        var swapped = lines
        swapped.swapAt(2, 4)
        // The export, whether it agrees with Monday's head of seven, and where not.
        let cases: [(export: String, isSound: Bool, sequence: Int?)] = [
            (whole, true, nil), (joined(Array(lines.prefix(7))), true, nil),
            (String(whole.dropLast()), true, nil),
            (joined(Array(lines.prefix(6))), false, 7), ("", false, 1),
            (whole.replacingOccurrences(of: "\"c2\"", with: "\"c5\""), false, nil),
            (joined([lines[0]] + lines.dropFirst(2)), false, 2),
            (joined([lines[0]] + lines), false, 2), (joined(swapped), false, 3),
            (whole.replacingOccurrences(of: "ü@host", with: "tester"), true, nil),
            ("\n" + whole, false, 1),
            (whole.replacingOccurrences(of: "\n", with: "\r\n"), false, nil),
            ("nonsense", false, 1),
        ]
        for (index, (export, isSound, sequence)) in cases.enumerated() {
            try fixture.folder.write(export, to: "export.jsonl")
            let place: Comment = "case \(index)"
            let python = try CommandRun.run(
                "/usr/bin/env", ["python3", program, "export.jsonl", "monday.head"],
                folder: fixture.folder.url)
            #expect((python.status == 0) == isSound, place)
            if isSound {
                #expect(python.output.hasPrefix("7 events are those of momentlog/"), place)
            }
            let run = try fixture.run(
                "verify-log", "export.jsonl", "--head", "monday.head", "--format", "json")
            #expect(run.status == (isSound ? 0 : 3), place)
            let found = try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(found["sound"] as? Bool == isSound, place)
            #expect(found["sequence"] as? Int == sequence, place)
            let piped = try fixture.run(
                ["verify-log", "-", "--head", "monday.head"], input: export)
            #expect(piped.status == (isSound ? 0 : 3), place)
        }
    }

    @Test("what cannot be compared is refused in one line")
    func refusals() throws {
        let fixture = try history()
        try fixture.folder.write("no head\n", to: "bad.head")
        // No signatures are that long, so that nobody reads on.
        let long = try fixture.output("head") + String(repeating: "x", count: 1 << 20)
        try fixture.folder.write(long, to: "long.head")
        for (arguments, reason) in [
            (["verify", "--head", "bad.head"], "bad.head is no head"),
            (["verify", "--head", "long.head"], "long.head is no head"),
            (["verify", "--head", "absent"], "cannot read absent"),
            (["verify-log", "absent", "--head", "monday.head"], "absent: No such file"),
            (["verify-log", "events.jsonl", "--head", "absent"], "cannot read absent"),
            (["--store", "none.db", "head"], "there is no store at"),
            (["--store", "none.db", "verify"], "there is no store at"),
        ] {
            let run = try fixture.run(arguments)
            #expect(run.status == 1, "\(arguments)")
            #expect(run.errors.contains(reason), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1)
        }
        #expect(try fixture.run("verify-log", "events.jsonl").status == 64)
    }
}
