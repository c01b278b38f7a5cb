import Foundation
import TestSupport
import Testing

struct FaultyLibraryTests {
    /// A cycle of three, a lost parent, and two currents.
    private func faulty() throws -> CommandFixture {
        let fixture = try CommandFixture()
        let claim = "<current>1</current>"
        for (name, parent, extra) in [
            ("a", "c", ""), ("b", "a", claim), ("c", "b", ""), ("d", "lost", claim),
        ] {
            try fixture.folder.write(
                CheckpointText.document(name, parent: parent, extra: extra), to: "vm/\(name).xml")
        }
        let run = try fixture.run("import", fixture.folder.path("vm"))
        #expect(run.status == 3)
        return fixture
    }

    @Test("check names the cycle, the lost parent and the currents, the same each time")
    func check() throws {
        let fixture = try faulty()
        let findings = try #require(try fixture.json("check") as? [[String: Any]])
        #expect(
            findings.map { $0["finding"] as? String } == [
                "parent-cycle", "dangling-parent", "multiple-current",
            ])
        #expect(
            findings.map { $0["checkpoints"] as? [String] } == [
                ["a", "c", "b"], ["d"], ["b", "d"],
            ])
        for finding in findings {
            #expect(finding["severity"] as? String == "error")
            #expect(finding["domain"] as? String == "vm")
            #expect((finding["message"] as? String)?.isEmpty == false)
            #expect((finding["remedies"] as? [Any])?.isEmpty == false)
        }
        let runs = try (0..<5).map { _ in try fixture.run("check", "vm") }
        #expect(Set(runs.map(\.output)).count == 1)
        #expect(Set(runs.map(\.status)) == [3])
    }

    @Test("The tree shows every checkpoint once, the same each time")
    func tree() throws {
        let fixture = try faulty()
        let output = try fixture.output("list", "vm", "--tree")
        let marks = [
            "a": "in a cycle: parent c", "c": "in a cycle",
            "b": "in a cycle, one of several that claim to be current",
            "d": "parent lost is missing, one of several that claim to be current",
        ].mapValues { "  ! " + $0 }
        let expected = "a\n  |\n  +- b\n      |\n      +- c\n        \nd\n\n"
            .replacing(/[abcd]/) { $0.output + (marks[String($0.output)] ?? "") }
        #expect(output == expected)
        #expect(try fixture.output("list", "vm", "--tree") == output)
        #expect(try fixture.output("info", "vm", "d").contains("lost (missing)"))
    }

    /// A library with all kinds of trouble beside two sound checkpoints.
    private func damaged() throws -> CommandFixture {
        let fixture = try CommandFixture()
        let texts = [
            "a.xml": CheckpointText.document("a"),
            "b.xml": CheckpointText.document("b", parent: "a"),
            "broken.xml": "<domaincheckpoint>\n  <name>x</nam>",
            "doctype.xml": "<!DOCTYPE d>\n" + CheckpointText.document("d"),
            "big.xml": CheckpointText.document(
                "big", extra: "<description>\(String(repeating: "x", count: 1 << 20))</description>"
            ),
            "again.xml": CheckpointText.document("b"), "other.xml": CheckpointText.document("name"),
            "README": "read me", "c.xml.new": CheckpointText.document("c"), "sub/x": "x",
        ]
        for (name, text) in texts { try fixture.folder.write(text, to: "vm/" + name) }
        // Even root cannot read through it.
        try FileManager.default.createSymbolicLink(
            atPath: fixture.folder.path("vm/unreadable.xml"), withDestinationPath: "/no/such/file")
        return fixture
    }

    @Test("Of a damaged library the sound part is imported, each problem named, status 3")
    func damagedLibrary() throws {
        let fixture = try damaged()
        let run = try fixture.run("import", fixture.folder.path("vm"))
        #expect(run.status == 3)
        for part in [
            "broken.xml: line 2", "doctype.xml: line 1", "big.xml: the file has",
            "unreadable.xml: No such file", "README: not a checkpoint", "c.xml.new: ", "sub: ",
            "duplicate-name", "other.xml holds checkpoint 'name'",
        ] {
            let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(text.contains(part), "\(part)")
        }
        // again.xml comes first, and so it is taken.
        #expect(try fixture.output("list", "vm", "--name") == "a\nb\nname\n")
    }

    @Test("Strictly nothing of it is imported, with the same report and status 1")
    func strict() throws {
        let fixture = try damaged()
        let lenient = try #require(
            try fixture.json("import", fixture.folder.path("vm"), "--dry-run") as? [String: Any])
        let run = try fixture.run(
            "import", fixture.folder.path("vm"), "--strict", "--format", "json")
        #expect(run.status == 1)
        let strict = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let findings = try [lenient, strict].map { report in
            let domains = try #require(report["domains"] as? [[String: Any]])
            return try JSONSerialization.data(
                withJSONObject: try #require(domains[0]["findings"]), options: .sortedKeys)
        }
        #expect(findings[0] == findings[1])
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.path("store.db")))
    }
}
