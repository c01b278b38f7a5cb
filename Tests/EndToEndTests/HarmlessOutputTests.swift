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
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
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

    @Test("It is untouched in XML and in JSON")
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
