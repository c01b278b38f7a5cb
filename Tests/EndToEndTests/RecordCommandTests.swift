import Foundation
import TestSupport
import Testing

struct RecordCommandTests {
    private let fixture: CommandFixture

    init() throws { fixture = try CommandFixture() }

    /// A checkpoint as libvirt prints it.
    private func document(
        _ name: String, _ parent: String? = nil, at time: Int, domain: String = "vm"
    ) -> String {
        CheckpointText.document(
            name, parent: parent, time: time,
            extra: CheckpointText.guest(domain),
            disks: "<disks><disk name='vda' checkpoint='bitmap' bitmap='\(name)'/>"
                + "<disk name='vdb' checkpoint='no'/></disks>")
    }

    private func write(_ name: String, _ parent: String? = nil, at time: Int) throws -> String {
        try fixture.folder.write(document(name, parent, at: time), to: "\(name)-\(time).xml")
    }

    @Test("A checkpoint from standard input keeps libvirt's parent and time, and is current")
    func standardInput() throws {
        for (name, parent, time) in [("c1", nil, 100), ("c2", "c1", 200)] {
            let run = try fixture.run(
                ["record", "vm"], input: document(name, parent, at: time))
            #expect(run.status == 0, "\(run.errors)")
            #expect(
                run.output == "Recorded: checkpoint \(name) of vm from standard input\n")
        }
        #expect(try fixture.graph() == "c1 c2<-c1*")
        let xml = try fixture.output("dumpxml", "vm", "c2", "--no-domain")
        #expect(xml.contains("<creationTime>200</creationTime>"))
        // The domain was defined from the first.
        let domains = try #require(try fixture.json("domains") as? [[String: Any]])
        #expect(domains[0]["uuid"] as? String == "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa")
        let kinds = try fixture.events().map { $0["event"] as? String }
        #expect(
            kinds == [
                "domainDefined", "checkpointCreated", "currentSet", "checkpointCreated",
                "currentSet",
            ])
        // It can be created below.
        _ = try fixture.output("create", "vm", "--name", "c3")
        #expect(try fixture.graph() == "c1 c2<-c1 c3<-c2*")
        #expect(try fixture.output("verify").isEmpty == false)
    }

    @Test("Several files in any order are one commit, and are recorded already the next time")
    func several() throws {
        let files = [
            try write("c3", "c2", at: 300), try write("c1", at: 100),
            try write("c2", "c1", at: 200),
        ]
        let run = try fixture.run(["record", "vm"] + files)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == "Recorded: 3 checkpoints of vm\n")
        #expect(Set(try fixture.events().map { $0["commit"] as? Int }) == [1])
        let before = try fixture.state()
        let again = try fixture.run(["record", "vm"] + files)
        #expect(
            (again.status, again.output) == (
                0, "Unchanged: 3 checkpoints of vm are recorded already\n"
            ))
        let one = try fixture.run("record", "vm", files[0])
        #expect(
            (one.status, one.output) == (0, "Unchanged: checkpoint c3 of vm is recorded already\n"))
        #expect(try fixture.state() == before)
    }

    @Test("One bad file among several leaves nothing of them, not even the domain")
    func refused() throws {
        try fixture.define("other", digit: "c")
        let good = try write("c1", at: 100)
        let before = try fixture.state()
        let cases = [
            (document("x", "nosuch", at: 200), "parent-not-found"),
            ("<domaincheckpoint><name>x</name></domaincheckpoint>", "invalid-xml"),
            (
                document("x", "c1", at: 200).replacing("aaaaaaaa-", with: "bbbbbbbb-"),
                "foreign-domain"
            ),
        ]
        for (text, code) in cases {
            let bad = try fixture.folder.write(text, to: "x.xml")
            let run = try fixture.run(["record", "vm", "--format", "json", bad, good])
            #expect(run.status == 1)
            #expect(run.errors.contains("\"code\":\"\(code)\""), "\(run.errors)")
            #expect(try fixture.state() == before)
        }
        let none = try fixture.folder.write(CheckpointText.document("x"), to: "x.xml")
        let run = try fixture.run(["record", "vm", "--format", "json", none])
        #expect(run.status == 1)
        #expect(run.errors.contains("\"code\":\"no-domain\""), "\(run.errors)")
        #expect(try fixture.run(["record", "vm", good]).status == 0)
        let other = try fixture.run(["record", "vm", try write("c1", "c0", at: 100)])
        #expect(other.status == 1)
        #expect(other.errors.contains("redefine"), "\(other.errors)")
    }

    @Test("The domain is called as the caller calls it, and another's documents are refused")
    func domainName() throws {
        #expect(try fixture.run(["record", "new"], input: document("c1", at: 1)).status == 0)
        #expect(try fixture.graph("new") == "c1*")
        let run = try fixture.run(["record", "other"], input: document("c2", "c1", at: 2))
        #expect(run.status == 1)
        #expect(run.errors.contains("the documents are those of domain 'new'"), "\(run.errors)")
        _ = try fixture.output("undefine", "new", "--checkpoints-metadata")
        // Its UUID is known: it goes on where it was, under the name in the document.
        let uuid = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        #expect(try fixture.run(["record", uuid], input: document("c3", at: 3)).status == 0)
        #expect(try fixture.graph("vm") == "c3*")
    }

    @Test("A reused name exits with 3 and is reported until it is acknowledged")
    func reused() throws {
        _ = try fixture.output("record", "vm", try write("c1", at: 100))
        let file = try write("c1", at: 200)
        let run = try fixture.run("record", "vm", file, "--request-id", "r1")
        #expect(run.status == 3)
        #expect(run.errors.isEmpty)
        #expect(run.output.contains("Recorded: checkpoint c1 of vm from"), "\(run.output)")
        #expect(run.output.contains("error  name-reused  vm"), "\(run.output)")
        let again = try fixture.run("record", "vm", file, "--request-id", "r1")
        #expect((again.status, again.output) == (3, run.output))
        let json = try fixture.run("record", "vm", file, "--request-id", "r1", "--format", "json")
        #expect(json.status == 3)
        #expect(json.output.contains(#""findings":["name-reused"]"#), "\(json.output)")
        #expect(try fixture.run("record", "vm", file).status == 0)
        for round in 0..<2 {
            let check = try fixture.run("check", "vm", "--format", "json")
            #expect(check.status == 0)
            let found = try #require(
                try JSONSerialization.jsonObject(with: Data(check.output.utf8))
                    as? [[String: Any]])
            #expect(found.map { $0["finding"] as? String } == ["name-reused"])
            #expect(found.map { $0["severity"] as? String } == ["warning"])
            // Also from a snapshot, which is what this one is after the first round.
            if round == 0 { _ = try fixture.output("snapshot", "vm") }
        }
        #expect(try fixture.run("check", "vm", "--acknowledge", "c1").status == 64)
        let reason = ["--reason", "full backup made"]
        let done = try fixture.run(["check", "vm", "--acknowledge", "c1"] + reason)
        #expect((done.status, done.errors) == (0, ""))
        #expect(
            done.output == "Recorded: finding name-reused of checkpoint c1 of vm acknowledged\n")
        #expect(
            try fixture.output("check", "vm") == "1 domain checked: nothing found in the record\n")
        #expect(try fixture.output("check", "vm", "--at", "6").contains("name-reused"))
        let event = try #require(try fixture.events().last)
        #expect(event["event"] as? String == "findingAcknowledged")
        #expect(event["finding"] as? String == "name-reused")
        #expect(event["reason"] as? String == "full backup made")
        let size = try fixture.events().count
        #expect(
            try fixture.output("check", "vm", "--acknowledge", "c1", "--reason", "again")
                .contains("Unchanged: checkpoint c1 of vm has no finding name-reused"))
        #expect(try fixture.events().count == size)
        #expect(try fixture.run("verify").status == 0)
    }

    @Test("A name that is reused after its deletion was recorded is not reported, even in one run")
    func recordedDeletion() throws {
        var lines = ""
        for (time, deletes) in [(1, true), (2, false)] {
            let record = try JSONSerialization.data(withJSONObject: [
                "command": "record", "domain": "vm", "xml": document("c1", at: time),
            ])
            lines += String(decoding: record, as: UTF8.self) + "\n"
            if deletes {
                lines += #"{"command":"delete","domain":"vm","checkpoint":"c1"}"# + "\n"
            }
        }
        let run = try fixture.run(["apply"], input: lines)
        #expect(run.status == 0, "\(run.output)")
        #expect(!run.output.contains("findings"), "\(run.output)")
        #expect(
            try fixture.output("check", "vm") == "1 domain checked: nothing found in the record\n")
        _ = try fixture.output("current", "vm", "--clear")
        _ = try fixture.output("delete", "vm", "c1")
        _ = try fixture.output("record", "vm", try write("c1", at: 3))
        #expect(
            try fixture.output("check", "vm") == "1 domain checked: nothing found in the record\n")
    }

    @Test("The printed remedy acknowledges the finding and changes nothing else")
    func remedy() throws {
        _ = try fixture.output("record", "vm", try write("c1", at: 100))
        _ = try fixture.run("record", "vm", try write("c1", at: 200))
        let found = try #require(try fixture.json("check", "vm") as? [[String: Any]])
        let remedies = try #require(found[0]["remedies"] as? [[String: Any]])
        #expect(remedies.count == 1)
        #expect(remedies[0]["action"] as? String == "acknowledge")
        #expect(remedies[0]["placeholders"] as? [String] == ["TEXT"])
        let argv = try #require(remedies[0]["argv"] as? [String])
        let before = try fixture.graph()
        let run = try fixture.run(argv.dropFirst().map { $0 == "TEXT" ? "seen" : $0 })
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            try fixture.output("check", "vm") == "1 domain checked: nothing found in the record\n")
        #expect(try fixture.graph() == before)
    }

    @Test("Lines of apply record as the command does, and name what was found")
    func apply() throws {
        func line(_ name: String, _ time: Int) throws -> String {
            let data = try JSONSerialization.data(withJSONObject: [
                "command": "record", "domain": "vm", "xml": document(name, at: time),
            ])
            return String(decoding: data, as: UTF8.self) + "\n"
        }
        let run = try fixture.run(["apply"], input: try line("c1", 1) + line("c1", 2))
        #expect(run.status == 3)
        let answers = run.output.split(separator: "\n")
        #expect(
            answers.first
                == #"{"ok":true,"commit":1,"sequence":[1,3],"revision":3,"checkpoint":"c1","repeated":false}"#
        )
        #expect(answers.last?.contains(#""findings":["name-reused"]"#) == true, "\(answers)")
        #expect(try fixture.run(["apply"], input: try line("c1", 2)).status == 0)
    }

    @Test(
        "To create from the document of a checkpoint that exists is refused, and names record",
        arguments: [
            "<creationTime>5</creationTime>", "<parent><name>c0</name></parent>",
            "<creationTime>5</creationTime><parent><name>c0</name></parent>",
        ])
    func notARequest(element: String) throws {
        try fixture.define()
        let xml = "<domaincheckpoint>\n  <name>c1</name>\(element)</domaincheckpoint>"
        let file = try fixture.folder.write(xml, to: "it's.xml")
        let before = try fixture.state()
        let run = try fixture.run("create", "vm", file, "--format", "json")
        #expect(run.status == 1)
        #expect(run.errors.contains(#""code":"not-a-request""#), "\(run.errors)")
        #expect(run.errors.contains("line 2, column 18: <"), "\(run.errors)")
        #expect(run.errors.contains("momentlog record vm "), "\(run.errors)")
        let line = try JSONSerialization.data(withJSONObject: [
            "command": "create", "domain": "vm", "xml": xml,
        ])
        let applied = try fixture.run(["apply"], input: String(decoding: line, as: UTF8.self))
        #expect(applied.status == 1)
        #expect(applied.output.contains(#""code":"not-a-request""#), "\(applied.output)")
        #expect(try fixture.state() == before)
        // With something else wrong, that is what has to be corrected.
        let wrong = try fixture.folder.write(xml.replacing("c1", with: "/"), to: "wrong.xml")
        #expect(
            try fixture.run("create", "vm", wrong, "--format", "json").errors
                .contains(#""code":"invalid-xml""#))
    }

    @Test("A domain whose UUID is not known gets no checkpoint of another known domain")
    func foreignWithoutUUID() throws {
        try fixture.folder.write(
            CheckpointText.document("f", time: 50), to: "old/web/f.xml")
        _ = try fixture.output("import", fixture.folder.path("old"))
        try fixture.define("vm")
        for command in ["record", "redefine"] {
            let run = try fixture.run([command, "web", "-"], input: document("c1", at: 100))
            #expect(run.status == 1 && run.errors.contains("domain 'vm'"), "\(run.errors)")
        }
        #expect(try fixture.graph("web") == "f*")
        let own = try fixture.run(
            ["record", "web", "-"], input: CheckpointText.document("g", parent: "f", time: 60))
        #expect(own.status == 0, "\(own.errors)")
    }
}
