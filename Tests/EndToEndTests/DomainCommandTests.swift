import Foundation
import TestSupport
import Testing

struct DomainCommandTests {
    private static let uuid = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"

    @Test("A domain is defined, and defined otherwise; the same again appends nothing")
    func define() throws {
        let fixture = try CommandFixture()
        let file = try fixture.folder.write(CheckpointText.guest("vm"), to: "vm.xml")
        #expect(
            try fixture.output("define", file) == "Recorded: domain vm defined from '\(file)'\n")
        #expect(
            try fixture.output("define", file)
                == "Unchanged: domain vm has that definition already\n")
        try fixture.folder.write(CheckpointText.guest("vm", disks: ["vda"]), to: "vm.xml")
        let answer = try fixture.output("define", file, "--format", "json")
        #expect(
            answer == #"{"ok":true,"commit":2,"sequence":[2,2],"revision":2,"repeated":false}"#
                + "\n")
        let domains = try #require(try fixture.json("domains") as? [[String: Any]])
        #expect(domains.map { $0["uuid"] as? String } == [Self.uuid])
        #expect(domains.map { $0["revision"] as? Int } == [2])
    }

    @Test("A renamed domain keeps its checkpoints and its history")
    func rename() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        #expect(
            try fixture.output("rename", "vm", "it's") == "Recorded: domain vm renamed to it's\n")
        #expect(try fixture.graph("it's") == "a*")
        #expect(try fixture.graph(Self.uuid) == "a*")
        #expect(try fixture.run("list", "vm").status == 1)
        #expect(try fixture.events("it's").count == 4)
        #expect(
            try fixture.output("rename", "it's", "it's")
                == "Unchanged: domain it's has that name already\n")
        #expect(try fixture.events().count == 4)
    }

    @Test("A name that another domain has, or that is invalid, is refused")
    func renameRefused() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        try fixture.define("other", digit: "b")
        let before = try fixture.state()
        for (name, code) in [("other", "exists"), ("", "usage"), ("a/b", "usage")] {
            let run = try fixture.run("rename", "vm", name, "--format", "json")
            #expect(run.status == (code == "usage" ? 64 : 1), "\(name): \(run.errors)")
            #expect(run.errors.contains("\"code\":\"\(code)\""), "\(name): \(run.errors)")
        }
        #expect(try fixture.state() == before)
    }

    @Test("A domain with checkpoints goes only together with their metadata")
    func undefine() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        let before = try fixture.state()
        let refused = try fixture.run("undefine", "vm")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("cannot delete inactive domain with 2 checkpoints"))
        #expect(refused.errors.contains("--checkpoints-metadata"))
        #expect(try fixture.state() == before)
        #expect(
            try fixture.output("undefine", "vm", "--checkpoints-metadata")
                == "Recorded: domain vm undefined together with its 2 checkpoints\n")
        #expect(try fixture.json("domains") as? [String] == [])
        #expect(try fixture.run("list", "vm").status == 1)
        let events = try fixture.events("vm").suffix(4)
        #expect(
            events.map { $0["event"] as? String } == [
                "checkpointDeleted", "checkpointDeleted", "currentSet", "domainUndefined",
            ])
    }

    @Test("A domain without checkpoints is undefined and defined again, and the log shows both")
    func again() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        _ = try fixture.output("undefine", "vm")
        #expect(try fixture.run("undefine", "vm").status == 1)
        try fixture.define("new-name")
        _ = try fixture.output("create", "new-name", "--name", "c")
        let events = try fixture.events("new-name")
        #expect(events.map { $0["revision"] as? Int } == [1, 2, 3, 4, 5])
        #expect(
            events.map { $0["event"] as? String } == [
                "domainDefined", "domainUndefined", "domainDefined", "checkpointCreated",
                "currentSet",
            ])
        #expect(
            events.map { $0["domain"] as? String } == [
                "vm", "vm", "new-name", "new-name", "new-name",
            ])
    }

    @Test("A definition without a name, or of another root, is refused, and makes no store")
    func badDefinitions() throws {
        let fixture = try CommandFixture()
        for text in [
            "<domain/>", CheckpointText.document("c"), "",
            CheckpointText.domain("a/b"), CheckpointText.domain(""), "vm",
        ] {
            let run = try fixture.run(["define", "-", "--format", "json"], input: text)
            #expect(run.status == 1, "\(text)")
            #expect(run.errors.contains("\"code\":\"invalid-xml\""), "\(text): \(run.errors)")
            #expect(run.errors.contains("standard input"), "\(text): \(run.errors)")
        }
        #expect(try fixture.folder.contents.isEmpty)
    }
}
