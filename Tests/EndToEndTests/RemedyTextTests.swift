import Foundation
import TestSupport
import Testing

/// The remedies of findings, run in a shell after the file is corrected.
struct RemedyTextTests {
    /// A file that is wrong, the finding, and what it should have been.
    private static let files: [(file: String, wrong: String, finding: String, right: String)] = [
        (
            "b.xml", "<domaincheckpoint>\n</x>", "unreadable-file",
            document("b", below: "a")
        ),
        ("b.xml", document("/b"), "invalid-name", document("b", below: "a")),
        ("a2.xml", document("a", at: 7), "duplicate-name", document("a", at: 7)),
        (
            "b.xml",
            document("b", extra: CheckpointText.domain("other", digit: "b")), "foreign-domain",
            document("b", extra: CheckpointText.domain("other", digit: "b"))
        ),
        ("b.xml", document("b", below: "b"), "self-parent", document("b", below: "a")),
        ("b.xml", document("b", below: "lost"), "dangling-parent", document("lost", below: "a")),
        (
            "b.xml", document("b", below: "a", at: 1), "child-older-than-parent",
            document("b", below: "a")
        ),
        (
            "b.xml", document("b", below: "a", disks: ["vda", "vda"]), "duplicate-disk",
            document("b", below: "a")
        ),
        (
            "b.xml", document("b", below: "a", disks: ["vda' bitmap='x"]), "bitmap-name-differs",
            document("b", below: "a")
        ),
    ]

    private static func document(
        _ name: String, below parent: String? = nil, disks: [String] = ["vda"], at time: Int = 6,
        extra: String = ""
    ) -> String {
        CheckpointText.document(
            name, parent: parent, time: time, extra: extra,
            disks: "<disks>" + disks.map { "<disk name='\($0)' checkpoint='bitmap'/>" }.joined()
                + "</disks>")
    }

    /// Runs a command of a finding as a person would paste it.
    private func paste(_ command: String, _ fixture: CommandFixture) throws -> CommandRun {
        var environment = fixture.environment
        environment["PATH"] =
            CommandRun.products.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        return try CommandRun.run(
            "/bin/sh", ["-c", command], environment: environment, folder: fixture.folder.url)
    }

    private func findings(_ fixture: CommandFixture) throws -> [[String: Any]] {
        let report = try #require(
            try fixture.json("import", fixture.folder.path("my vm")) as? [String: Any])
        let domains = try #require(report["domains"] as? [[String: Any]])
        return try #require(domains[0]["findings"] as? [[String: Any]])
    }

    @Test("The first way that an import's finding gives repairs it", arguments: 0..<9)
    func importFindings(row: Int) throws {
        let (file, wrong, finding, right) = Self.files[row]
        let fixture = try CommandFixture()
        let own = CheckpointText.domain("my vm")
        try fixture.folder.write(Self.document("a", at: 5, extra: own), to: "my vm/a.xml")
        try fixture.folder.write(Self.document("a0", at: 4, extra: own), to: "my vm/a0.xml")
        try fixture.folder.write(wrong, to: "my vm/\(file)")
        let found = try #require(
            try findings(fixture).first { $0["finding"] as? String == finding })
        let remedy = try #require((found["remedies"] as? [[String: Any]])?.first)
        #expect(remedy["destructive"] as? Bool == false)
        let argv = try #require(remedy["argv"] as? [String])
        #expect(argv.first == "momentlog", "\(argv)")
        let command = argv.map {
            "'" + $0.replacingOccurrences(of: "FILE", with: "right.xml") + "'"
        }.joined(separator: " ")
        try fixture.folder.write(right, to: "my vm/\(file)")
        try fixture.folder.write(right, to: "right.xml")
        let run = try paste(command, fixture)
        // That the checkpoint of another time takes the name is found as well.
        let expected: Int32 = finding == "duplicate-name" ? 3 : 0
        #expect(run.status == expected, "\(command): \(run.output)\(run.errors)")
        let left = try #require(try fixture.json("check") as? [[String: Any]])
        #expect(!left.contains { $0["severity"] as? String == "error" }, "\(left)")
        #expect(!left.contains { $0["finding"] as? String == finding }, "\(left)")
        // And the checkpoint is there, in its domain.
        let domain = finding == "foreign-domain" ? "other" : "my vm"
        let name = finding == "duplicate-name" ? "a" : "b"
        #expect(
            try fixture.output("list", domain, "--name").split(separator: "\n").contains {
                $0 == name
            })
    }

    @Test("The printed remedy records what libvirt would make current")
    func libvirtChoice() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        _ = try fixture.output("current", "vm", "--clear")
        let found = try #require(try fixture.json("check") as? [[String: Any]])
        let remedies = try #require(found.first?["remedies"] as? [[String: Any]])
        let argv = try #require(remedies.first?["argv"] as? [String])
        #expect(argv == ["momentlog", "current", "vm", "b"])
        #expect(try paste(argv.joined(separator: " "), fixture).status == 0)
        #expect(try fixture.output("check") == "1 domain checked: nothing found in the record\n")
        #expect(try fixture.output("current", "vm") == "b\n")
    }
}
