import Foundation
import TestSupport
import Testing

/// What is faulty is marked in every list, whose exit status stays 0.
struct FaultMarkTests {
    private func findings(_ json: Any) throws -> [[String]] {
        let items = try #require(json as? [[String: Any]])
        return try items.map { try #require($0["findings"] as? [String]) }
    }

    @Test("Lists, trees, checkpoints and domains mark a missing parent")
    func danglingParent() throws {
        let fixture = try CommandFixture()
        _ = try fixture.run("import", try fixture.library("vm", ["c1": nil, "c4": "c3"]))
        #expect(
            try fixture.output("list", "vm", "--tree").split(separator: "\n") == [
                "c1", "c4  ! parent c3 is missing",
            ])
        let list = try fixture.output("list", "vm")
        #expect(list.split(separator: "\n").first?.hasSuffix("Findings") == true, "\(list)")
        #expect(list.contains("! parent c3 is missing"))
        #expect(try findings(try fixture.json("list", "vm")) == [[], ["dangling-parent"]])
        let info = try fixture.output("info", "vm", "c4")
        #expect(info.contains("Findings:       parent c3 is missing\n"), "\(info)")
        let one = try #require(try fixture.json("info", "vm", "c4") as? [String: Any])
        #expect(one["findings"] as? [String] == ["dangling-parent"])
        let domains = try fixture.output("domains")
        #expect(domains.contains("dangling-parent"), "\(domains)")
        #expect(try findings(try fixture.json("domains")) == [["dangling-parent"]])
    }

    @Test("A sound domain has no mark, and no column for it in the list")
    func sound() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        #expect(try fixture.output("list", "vm").contains("Findings") == false)
        let tree = try fixture.output("list", "vm", "--tree")
        #expect(tree.contains("+- b\n") && !tree.contains("!"), "\(tree)")
        #expect(try findings(try fixture.json("list", "vm")) == [[], []])
        #expect(try fixture.output("info", "vm", "a").contains("Findings") == false)
        #expect(try findings(try fixture.json("domains")) == [[]])
    }

    @Test("The members of a cycle are marked, and the link at which it is shown cut")
    func cycle() throws {
        let fixture = try CommandFixture()
        _ = try fixture.run("import", try fixture.library("vm", ["a": "b", "b": "a"]))
        let tree = try fixture.output("list", "vm", "--tree")
        #expect(tree.contains("a  ! in a cycle: parent b"), "\(tree)")
        #expect(tree.contains("+- b  ! in a cycle\n"), "\(tree)")
    }

    @Test("A reused name is marked")
    func nameReuse() throws {
        let fixture = try CommandFixture()
        for time in [1, 2] {
            let xml = CheckpointText.document(
                "c1", time: time, extra: CheckpointText.guest("vm"))
            _ = try fixture.run(["record", "vm"], input: xml)
        }
        #expect(try fixture.output("list", "vm").contains("! name was another checkpoint's"))
        #expect(try fixture.output("domains").contains("name-reused"))
    }

    @Test("A parent that a repair cut away is marked when it comes, and its remedy re-attaches")
    func reattachment() throws {
        let fixture = try CommandFixture()
        let all: KeyValuePairs<String, String?> = ["c1": nil, "c2": "c1", "c3": "c2", "c4": "c3"]
        let folder = try fixture.library("vm", all)
        let lost = fixture.folder.path("c2.xml")
        try FileManager.default.moveItem(atPath: folder + "/c2.xml", toPath: lost)
        _ = try fixture.run("import", folder)
        #expect(try fixture.run("check", "vm", "--repair", "--current", "c4").status == 0)
        _ = try fixture.run("import", lost, "--domain", "vm")
        #expect(try fixture.graph() == "c1 c2<-c1 c3 c4<-c3*")
        let found = try #require(try fixture.json("check", "vm") as? [[String: Any]])
        let detached = try #require(
            found.first { $0["finding"] as? String == "detached-by-repair" })
        #expect(detached["severity"] as? String == "warning")
        #expect(detached["checkpoints"] as? [String] == ["c3"])
        let tree = try fixture.output("list", "vm", "--tree")
        #expect(tree.contains("c3  ! parent c2 was cut away"), "\(tree)")
        let remedies = try #require(detached["remedies"] as? [[String: Any]])
        let argv = try #require(remedies.first?["argv"] as? [String])
        #expect(argv == ["momentlog", "check", "vm", "--repair", "--reparent", "c3=c2"])
        let before = try documents(fixture)
        let run = try fixture.run(Array(argv.dropFirst()))
        #expect(run.status == 0, "\(run.errors)")
        #expect(try fixture.graph() == "c1 c2<-c1 c3<-c2 c4<-c3*")
        #expect(
            try fixture.output("check", "vm") == "1 domain checked: nothing found in the record\n")
        let after = try documents(fixture)
        #expect(after.filter { $0.key != "c3" } == before.filter { $0.key != "c3" })
        let parent = /\s*<parent>\s*<name>c2<\/name>\s*<\/parent>/
        #expect(after["c3"]?.replacing(parent, with: "") == before["c3"])
    }

    /// Each checkpoint's document by its name.
    private func documents(_ fixture: CommandFixture) throws -> [String: String] {
        var documents: [String: String] = [:]
        for name in ["c1", "c2", "c3", "c4"] {
            documents[name] = try fixture.output("dumpxml", "vm", name, "--security-info")
        }
        return documents
    }
}
