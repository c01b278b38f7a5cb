import Foundation
import TestSupport
import Testing

struct RedefineCommandTests {
    @Test("Several files in any order are one commit")
    func severalFiles() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let folder = try fixture.library("in", ["a": nil, "b": "a", "c": "b"])
        let files = ["c", "a", "b"].map { "\(folder)/\($0).xml" }
        let run = try fixture.run(["redefine", "vm"] + files)
        #expect(run.output == "Recorded: 3 checkpoints of vm redefined\n", "\(run.errors)")
        #expect(run.status == 0)
        #expect(try fixture.graph() == "a b<-a c<-b*")
        let events = try fixture.events().dropFirst()
        #expect(Set(events.map { $0["commit"] as? Int }) == [2])
        let names = events.filter { $0["event"] as? String == "checkpointRedefined" }
            .map { $0["checkpoint"] as? String }
        #expect(names == ["a", "b", "c"])
    }

    @Test(
        "One bad file among several leaves nothing of them, and is named",
        arguments: [
            ("<domaincheckpoint>", "invalid-xml"),
            (CheckpointText.document("x", parent: "nosuch"), "parent-not-found"),
            (CheckpointText.document("x", parent: "x"), "self-parent"),
            (
                CheckpointText.document("x", extra: CheckpointText.domain("vm", digit: "b")),
                "foreign-domain"
            ),
        ])
    func badFile(text: String, code: String) throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let good = try fixture.folder.write(CheckpointText.document("a"), to: "a.xml")
        let bad = try fixture.folder.write(text, to: "x.xml")
        let before = try fixture.state()
        for files in [[good, bad], [bad, good]] {
            let run = try fixture.run(["redefine", "vm", "--format", "json"] + files)
            #expect(run.status == 1)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("\"code\":\"\(code)\""), "\(run.errors)")
            #expect(run.errors.contains(code == "invalid-xml" ? "x.xml" : "x"))
        }
        #expect(try fixture.state() == before)
        #expect(try fixture.graph().isEmpty)
    }

    @Test("A recorded checkpoint is replaced completely, and its children stay")
    func replacing() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        let text = CheckpointText.document(
            "a", time: 5, extra: "<description>new</description>", disks: "")
        let run = try fixture.run(["redefine", "vm", "-"], input: text)
        #expect(
            run.output == "Recorded: checkpoint a of vm redefined from standard input\n",
            "\(run.errors)")
        #expect(try fixture.graph() == "a b<-a*")
        #expect(
            try fixture.output("dumpxml", "vm", "a") == """
                <domaincheckpoint>
                  <name>a</name>
                  <description>new</description>
                  <creationTime>5</creationTime>
                </domaincheckpoint>

                """)
    }

    @Test("The answer in JSON names the one checkpoint, and none of several")
    func answers() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let folder = try fixture.library("in", ["a": nil, "b": "a"])
        let one = try fixture.output(
            "redefine", "vm", "\(folder)/a.xml", "--format", "json")
        #expect(
            one
                == #"{"ok":true,"commit":2,"sequence":[2,3],"revision":3,"checkpoint":"a","repeated":false}"#
                + "\n")
        let both = try fixture.output(
            "redefine", "vm", "\(folder)/b.xml", "\(folder)/a.xml", "--format", "jsonl")
        #expect(both.hasPrefix(#"{"ok":true,"commit":3,"sequence":[4,"#))
        #expect(!both.contains("checkpoint"))
    }

    @Test("Without a file it is wrong usage")
    func noFile() throws {
        #expect(try CommandFixture().run("redefine", "vm").status == 64)
    }
}
