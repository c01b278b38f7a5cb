import Foundation
import TestSupport
import Testing

/// What strangers wrote, on an operator's terminal.
struct HarmlessOutputTests {
    /// Colours, a cleared screen, a new title, text from right to left, an 8-bit escape.
    private static let evil =
        "\u{1B}[31m\u{1B}[2J\u{1B}]0;t\u{7}\u{202E}evil\u{2066}\u{9B}1m\u{200F}\r"

    /// What of it XML can hold.
    private static let text = "\u{202E}evil\u{2066}\u{9B}1m\u{200F}\r"

    /// What the name of an actor or of a domain can hold.
    private static let actor = "\u{202E}evil\u{2066}@\u{200F}"

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private func prepared() throws -> (fixture: CommandFixture, domain: String) {
        let fixture = try CommandFixture()
        let domain = "vm\(Self.actor)"
        for (name, parent) in [("a", nil), ("b", "a"), ("c", "lost")] as [(String, String?)] {
            let description = Self.text.replacing("\r", with: "&#13;")
            try fixture.folder.write(
                CheckpointText.document(
                    name, parent: parent, extra: "<description>\(description)</description>",
                    disks: "<disks><disk name='/\(Self.text.dropLast())' bitmap='\(description)'"
                        + "/></disks>"), to: "vm/\(name).xml")
        }
        try fixture.folder.write("<\(Self.text)", to: "vm/\(Self.evil.dropLast()).xml")
        let run = try fixture.run(
            [
                "import", fixture.folder.path("vm"), "--domain", domain, "--actor", Self.actor,
                "--reason", Self.evil,
            ])
        #expect(run.status == 3)
        try expectHarmless(run, "import")
        return (fixture, domain)
    }

    private func expectHarmless(_ run: CommandRun, _ what: String) throws {
        let found = (run.output + run.errors).unicodeScalars.filter(Self.isHarmful)
        #expect(found.isEmpty, "\(what): \(found.map { $0.escaped(asASCII: true) })")
        #expect(!(run.output + run.errors).isEmpty, "\(what)")
    }

    @Test(
        "What could harm a terminal is spelt out in whatever is said to people",
        arguments: [
            "domains", "list DOMAIN", "list DOMAIN --tree", "list DOMAIN --parent",
            "list DOMAIN --topological", "info DOMAIN a", "parent DOMAIN b", "log", "log DOMAIN",
            "check", "check DOMAIN", "stats", "current DOMAIN", "settings", "info DOMAIN EVIL",
            "info EVIL a", "dumpxml DOMAIN EVIL", "parent EVIL EVIL", "list EVIL",
            "list DOMAIN --from EVIL", "delete DOMAIN EVIL", "delete DOMAIN b --reason EVIL",
            "current DOMAIN EVIL", "create DOMAIN --name EVIL", "create DOMAIN --name d",
            "create DOMAIN --disk EVIL", "redefine DOMAIN EVIL", "rename DOMAIN EVIL2",
            "rename DOMAIN a/EVIL", "undefine DOMAIN", "undefine EVIL", "define EVIL",
            "export DOMAIN --output EVIL", "export EVIL --output out", "import EVIL",
            "export DOMAIN --output EVIL --flat", "--store EVIL list a", "apply EVIL", "EVIL",
            "list --EVIL", "list DOMAIN --format EVIL", "import vm --domain EVIL",
        ])
    func people(command: String) throws {
        let (fixture, domain) = try prepared()
        let arguments: [String] = command.split(separator: " ").map {
            String($0).replacing("DOMAIN", with: domain).replacing("EVIL", with: Self.evil)
        }
        try expectHarmless(try fixture.run(arguments, input: ""), command)
    }

    @Test(
        "Harmful characters are escaped everywhere in JSON",
        arguments: [
            "domains", "list DOMAIN", "info DOMAIN a", "log", "log DOMAIN", "check",
            "check DOMAIN", "stats", "history DOMAIN a", "diff DOMAIN 1", "dumpxml DOMAIN a",
            "info DOMAIN EVIL", "list EVIL", "create DOMAIN --name d", "define EVIL",
            "current DOMAIN b", "export DOMAIN --output EVIL --flat", "import EVIL", "verify",
            "undefine EVIL", "list DOMAIN --EVIL", "reconcile DOMAIN --info vda=EVIL",
        ], ["json", "jsonl"])
    func escaped(command: String, format: String) throws {
        // Lines of the log are hashed, and printed as they are.
        guard !command.hasPrefix("log") || format == "json" else { return }
        let (fixture, domain) = try prepared()
        let arguments: [String] = command.split(separator: " ").map {
            String($0).replacing("DOMAIN", with: domain).replacing("EVIL", with: Self.evil)
        }
        let run = try fixture.run(arguments + ["--format", format], input: "")
        try expectHarmless(run, command)
        for line in format == "json"
            ? [run.output] : run.output.split(separator: "\n").map(String.init)
        where !line.isEmpty {
            #expect(throws: Never.self, "\(command): \(line)") {
                try JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed)
            }
        }
    }

    @Test("In answers to lines it is escaped, and the log's lines are what they were hashed as")
    func lines() throws {
        let (fixture, domain) = try prepared()
        let run = try fixture.run(
            ["apply"],
            input: #"{"command":"delete","domain":"\#(domain)","checkpoint":"\#(Self.actor)"}"#
                + "\n")
        try expectHarmless(run, "apply")
        let log = try fixture.output("log", "--format", "jsonl")
        #expect(log.contains(Self.actor))
        try fixture.folder.write(try fixture.output("head"), to: "head")
        #expect(try fixture.run(["verify-log", "-", "--head", "head"], input: log).status == 0)
    }

    @Test("No harmful character is in a script's comments")
    func comments() throws {
        let (fixture, domain) = try prepared()
        let folder = "out\(Self.evil.dropLast())"
        for _ in 0..<2 {
            let run = try fixture.run(
                "export", domain, "--output", folder, "--script", "--replace", "--flat")
            // Some are left out.
            #expect(run.status == 3)
            #expect(
                run.errors.contains("libvirt refuses")
                    && !run.errors.dropLast().unicodeScalars.contains(where: Self.isHarmful),
                "\(run.errors)")
            let comments = run.output.split(separator: "\n").filter { $0.hasPrefix("#") }
            #expect(comments.count >= 2)
            for comment in comments {
                #expect(!comment.unicodeScalars.contains(where: Self.isHarmful), "\(comment)")
            }
        }
    }

    @Test("On a terminal XML is the same document without what could harm it")
    func terminal() throws {
        let (fixture, domain) = try prepared()
        let guest = CheckpointText.guest("g", digit: "c").replacing(
            "</domain>",
            with: "<!-- \(Self.text) --><metadata>\u{61C}<![CDATA[<\(Self.text)"
                + "]]]]><a x='\(Self.text.dropLast())\"'/>\u{2028}\u{85}\r\n</metadata></domain>")
        let instruction = CheckpointText.guest("p", digit: "d").replacing(
            "</domain>", with: "<?pi \(Self.text)?></domain>")
        for (name, text) in [("g", guest), ("p", instruction)] {
            try #require(try fixture.run(["define", "-"], input: text).status == 0)
            _ = try fixture.output("create", name, "--name", "a")
        }
        let script = """
            import os, pty, sys, xml.etree.ElementTree as tree
            output, terminal = b"", []
            def read(descriptor):
                terminal.append(os.read(descriptor, 1 << 16))
                return terminal[-1]
            saved = os.dup(1)
            os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
            assert pty.spawn(sys.argv[1:], read) == 0
            shown = b"".join(terminal).decode().replace("\\r\\n", "\\n")
            os.dup2(saved, 1)
            plain = os.popen(" ".join("'%s'" % word for word in sys.argv[1:])).read()
            same = tree.canonicalize(shown) == tree.canonicalize(plain)
            print(same, shown != plain, shown)
            """
        // A processing instruction can hold no reference.
        for (name, isSame) in [(domain, "True"), ("g", "True"), ("p", "False")] {
            let run = try CommandRun.run(
                "/usr/bin/env",
                ["python3", "-c", script, CommandRun.products.path + "/momentlog", "dumpxml"]
                    + [name, "a"], environment: fixture.environment)
            #expect(run.output.hasPrefix("\(isSame) True <domaincheckpoint>"), "\(run.errors)")
            let harmful = run.output.unicodeScalars.filter { $0 != "\t" && Self.isHarmful($0) }
            #expect(harmful.isEmpty, "\(harmful.map { $0.escaped(asASCII: true) })")
        }
    }

    @Test("It is untouched in XML, and what JSON means is the same")
    func machines() throws {
        let (fixture, domain) = try prepared()
        let dump = try fixture.output("dumpxml", domain, "a")
        #expect(dump.contains(Self.text.replacing("\r", with: "&#13;") + "</description>"))
        for format in ["json", "jsonl"] {
            let info = try fixture.output("info", domain, "a", "--format", format)
            let object = try JSONSerialization.jsonObject(with: Data(info.utf8))
            let first = try #require(
                (object as? [[String: Any]])?.first ?? object as? [String: Any])
            #expect(first["description"] as? String == Self.text)
        }
        #expect(try fixture.events().allSatisfy { $0["domain"] as? String == domain })
        #expect(try fixture.events().allSatisfy { $0["actor"] as? String == Self.actor })
        #expect(try fixture.events().allSatisfy { $0["reason"] as? String == Self.evil })
        _ = try fixture.output("export", domain, "--output", fixture.folder.path("out"), "--flat")
        let file = try String(contentsOfFile: fixture.folder.path("out/a.xml"), encoding: .utf8)
        #expect(file.contains(Self.text.replacing("\r", with: "&#13;") + "</description>"))
    }
}
