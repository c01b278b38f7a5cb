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

    @Test("A head is three lines, and the log grows from it")
    func sound() throws {
        let fixture = try history()
        let lines = try fixture.output("head").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines[0].hasPrefix("momentlog/") && lines[1] == "10")
        #expect(Data(base64Encoded: String(lines[2]))?.count == 32)
        #expect(!(try fixture.output("verify").contains("nothing was altered")))
        let some = try fixture.output("verify", "--head", "monday.head")
        #expect(
            some.hasSuffix(
                "\nthe first 7 events match the head; 3 later ones are only consistent with"
                    + " themselves\n"))
        #expect(some.contains("\nHead:     7 events, from monday.head\n"))
        let all = try fixture.output("verify", "--head", "tuesday.head")
        #expect(all.hasSuffix("\nall 10 events match the head: nothing was altered\n"))
        let piped = try fixture.run(
            ["verify", "--head", "-"], input: try fixture.output("head"))
        #expect(piped.status == 0 && piped.output.hasSuffix(": nothing was altered\n"))
        let covered = try #require(
            try fixture.json("verify", "--head", "monday.head") as? [String: Any])
        #expect(
            covered["head"] as? [String: Int] == ["size": 7, "covered": 7, "later": 3])
        let json = try #require(try fixture.json("verify") as? [String: Any])
        #expect(json["sound"] as? Bool == true && json["size"] as? Int == 10)
        #expect(json["root"] as? String == String(lines[2]))
        #expect(
            try fixture.output("verify-log", "events.jsonl", "--head", "monday.head")
                == "the first 7 events match the head; 3 later ones are only consistent with"
                + " themselves\n")
        #expect(
            try fixture.output("verify-log", "events.jsonl", "--head", "tuesday.head")
                == "all 10 events match the head: nothing was altered\n")
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
        #expect(run.status == 4)
        #expect(run.output.contains("\nerror  altered-event  event 8, column line\n"))
        #expect(run.output.hasSuffix(" 0 warnings, the first at event 8\n"))
        let covered = try fixture.run("verify", "--head", "monday.head")
        #expect(covered.status == 4)
        #expect(covered.output.contains("\nthe first 7 events match the head\n"))
        #expect(!covered.output.contains("nothing was altered"))
        let json = try fixture.run("verify", "--format", "json", "--head", "tuesday.head")
        #expect(json.status == 4)
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let faults = (found as? [String: Any])?["faults"] as? [[String: Any]]
        #expect(faults?.first?["sequence"] as? Int == 8)
        #expect(faults?.contains { $0["finding"] as? String == "head-mismatch" } == true)
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

    @Test("An altered export is detected by verify-log and by the documented program")
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
            (whole.replacingOccurrences(of: "\n", with: "\r\n"), false, 1),
            ("nonsense", false, 1), (whole + "nonsense\n", false, 11), (whole + "\n", false, 11),
            (whole + lines[9] + "\n", false, 11), (whole.dropLast(9) + "\n", false, 10),
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
            #expect(run.status == (isSound ? 0 : 4), place)
            let found = try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(found["sound"] as? Bool == isSound, place)
            #expect(found["sequence"] as? Int == sequence, place)
            let piped = try fixture.run(
                ["verify-log", "-", "--head", "monday.head"], input: export)
            #expect(piped.status == (isSound ? 0 : 4), place)
        }
    }

    @Test("What cannot be compared is refused in one line")
    func refusals() throws {
        let fixture = try history()
        try fixture.folder.write("no head\n", to: "bad.head")
        // No signatures are that long, so that nobody reads on.
        let long = try fixture.output("head") + String(repeating: "x", count: 1 << 20)
        try fixture.folder.write(long, to: "long.head")
        for (arguments, reason) in [
            (["verify", "--head", "bad.head"], "bad.head is not a head"),
            (["verify", "--head", "long.head"], "long.head is not a head"),
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
        #expect(try fixture.run(["verify-log", "-", "--head", "-"]).status == 64)
    }

    @Test("A head in another form is refused, by us and by the program in the documentation")
    func strictHeads() throws {
        let fixture = try history()
        let program = try program(fixture)
        let head = try fixture.output("head")
        let parts = head.split(separator: "\n").map(String.init)
        let (origin, root) = (parts[0], parts[2])
        // The last digit of 32 bytes in base64 has two bits that stand for nothing.
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let last = try #require(digits.firstIndex(of: Array(root)[42]))
        let other = root.dropLast(2) + String(digits[last ^ 1]) + "="
        for text in [
            String(head.dropLast()), head.replacingOccurrences(of: "\n", with: "\r\n"),
            "\(origin)\n+10\n\(root)\n", "\(origin)\n010\n\(root)\n",
            "\(origin)\n 10\n\(root)\n", "\(origin)\n10\n\(other)\n",
            "\(origin)\n10\n\(root.dropLast())\n", "\n10\n\(root)\n", "\(origin)\n10\n", "",
        ] {
            try fixture.folder.write(text, to: "odd.head")
            let python = try CommandRun.run(
                "/usr/bin/env", ["python3", program, "events.jsonl", "odd.head"],
                folder: fixture.folder.url)
            #expect(
                python.status == 1 && python.errors.hasPrefix("odd.head"),
                "\(text.debugDescription): \(python.errors)")
            for arguments in [["verify-log", "events.jsonl"], ["verify"]] {
                let run = try fixture.run(arguments + ["--head", "odd.head"])
                #expect(run.status == 1, "\(text.debugDescription)")
                #expect(
                    run.errors.contains("odd.head is not a head: its")
                        || run.errors.contains("odd.head is not a head: it"), "\(run.errors)")
            }
        }
        // Signatures may follow.
        try fixture.folder.write(head + "\n— signed\n", to: "signed.head")
        for arguments in [["verify-log", "events.jsonl"], ["verify"]] {
            #expect(try fixture.run(arguments + ["--head", "signed.head"]).status == 0)
        }
        let python = try CommandRun.run(
            "/usr/bin/env", ["python3", program, "events.jsonl", "signed.head"],
            folder: fixture.folder.url)
        #expect(python.status == 0, "\(python.errors)")
    }

    @Test(
        "A wrong export is explained",
        arguments: [
            [], ["--format", "json"], ["vm2", "--format", "jsonl"],
            ["vm", "--kind", "checkpointDeleted", "--format", "jsonl"],
            ["--until", "3", "--format", "jsonl"],
        ])
    func wrongExports(arguments: [String]) throws {
        let fixture = try history()
        try fixture.define("vm2", digit: "b")
        try fixture.folder.write(try fixture.output("head"), to: "kept.head")
        let export = try fixture.run(["log"] + arguments).output
        let run = try fixture.run(["verify-log", "-", "--head", "kept.head"], input: export)
        #expect(run.status == 4)
        #expect(
            run.output.hasSuffix(
                "\n  hint: export with 'momentlog log --format jsonl' without conditions\n"),
            "\(run.output)")
    }

    @Test("A head of another store proposes no restoration: the head may be the wrong file")
    func otherHead() throws {
        let (fixture, other) = (try history(), try history())
        let head = try fixture.folder.write(try other.output("head"), to: "other.head")
        let run = try fixture.run("verify", "--head", head)
        #expect(run.status == 4 && run.output.contains("of another store"))
        #expect(!(run.output + run.errors).contains("restore"), "\(run.output)")
    }

    @Test("A schema version of a later momentlog proposes no restoration")
    func laterVersion() throws {
        let fixture = try history()
        try fixture.tamper("PRAGMA user_version = 1000")
        let run = try fixture.run("verify")
        let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(run.status == 4 && words.contains("a later version wrote it"), "\(words)")
        #expect(!(run.output + run.errors).contains("restore"), "\(run.output)")
        #expect(try fixture.run("list", "vm").errors.contains("schema version 1000"))
    }
}
