import Foundation
import TestSupport
import Testing

struct CreateCommandTests {
    @Test("A checkpoint from options goes below the current one, and takes its place")
    func options() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let run = try fixture.run("create", "vm", "--name", "a", "--description", "x < \"y\"")
        #expect(run.status == 0)
        #expect(run.output == "Recorded: checkpoint a of vm created\n")
        #expect(run.errors.isEmpty)
        let json = try fixture.output("create", "vm", "--name", "b", "--format", "json")
        #expect(
            json
                == #"{"ok":true,"commit":3,"sequence":[4,5],"revision":5,"checkpoint":"b","repeated":false}"#
                + "\n")
        #expect(try fixture.graph() == "a b<-a*")
        let document = try fixture.output("dumpxml", "vm", "a", "--no-domain")
        #expect(document.contains("<description>x &lt; &quot;y&quot;</description>"))
        #expect(document.contains("<disk name='vdb' checkpoint='bitmap' bitmap='a'/>"))
        #expect(try fixture.output("dumpxml", "vm", "a").contains("/img/vda.qcow2"))
        let events = try fixture.events().map { $0["event"] as? String }
        #expect(
            events == [
                "domainDefined", "checkpointCreated", "currentSet", "checkpointCreated",
                "currentSet",
            ])
    }

    @Test("Without a name the creation time is the name, and the answer states it")
    func unnamed() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let output = try fixture.output("create", "vm")
        let name = try #require(
            output.wholeMatch(of: /Recorded: checkpoint ([0-9]+) of vm created\n/)?.1)
        let entry = try #require(try fixture.json("list", "vm") as? [[String: Any]])
        #expect(entry.map { $0["name"] as? String } == [String(name)])
        #expect(entry.map { $0["creationTime"] as? Int } == [Int(name)])
    }

    @Test(
        "Disks are named by target or by source, a comma in a name is written twice",
        arguments: [
            (["vdb"], ["no", "b:c"]), (["/img/a,,b.qcow2"], ["b:c", "no"]),
            (["vda,checkpoint=no", "vdb,checkpoint=bitmap"], ["no", "b:c"]),
            (["vda,bitmap=c,checkpoint=bitmap"], ["b:c", "no"]),
        ])
    func disks(specs: [String], expected: [String]) throws {
        let fixture = try CommandFixture()
        let guest = CheckpointText.guest("vm").replacing("/img/vda.qcow2", with: "/img/a,b.qcow2")
        try #require(try fixture.run(["define", "-"], input: guest).status == 0)
        let options = specs.flatMap { ["--disk", $0] }
        let run = try fixture.run(["create", "vm", "--name", "c"] + options)
        #expect(run.status == 0, "\(run.errors)")
        let list = try #require(try fixture.json("list", "vm") as? [[String: Any]])
        let disks = try #require(list[0]["disks"] as? [[String: Any]])
        #expect(disks.map { $0["name"] as? String } == ["vda", "vdb"])
        #expect(
            disks.map { disk in
                disk["checkpoint"] as? String == "no"
                    ? "no" : "b:\(disk["bitmap"] as? String ?? "")"
            } == expected)
    }

    @Test(
        "What is not a disk's description is wrong usage, and nothing is recorded",
        arguments: [
            "", ",checkpoint=no", "vda,checkpoint=internal", "vda,checkpoint", "vda,size=3",
            "vda,checkpoint=no,bitmap=b", "vda,", "vda,bitmap=",
        ])
    func badDisks(spec: String) throws {
        let fixture = try CommandFixture()
        let run = try fixture.run("create", "vm", "--name", "c", "--disk", spec)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("momentlog: error: --disk '\(spec)'"), "\(run.errors)")
        #expect(try fixture.folder.contents.isEmpty)
    }

    @Test(
        "A document and options that say the same exclude each other",
        arguments: [["--name", "c"], ["--description", "d"], ["--disk", "vda"]])
    func fileAndOptions(options: [String]) throws {
        let fixture = try CommandFixture()
        let file = try fixture.folder.write("<domaincheckpoint/>", to: "c.xml")
        let run = try fixture.run(["create", "vm", file] + options)
        #expect(run.status == 64)
        #expect(run.errors.contains("exclude each other"))
        #expect(try fixture.folder.contents == ["c.xml"])
    }

    @Test("A name that begins with '-' goes after '--', or with an equals sign")
    func dashes() throws {
        let fixture = try CommandFixture()
        try fixture.define("-vm")
        #expect(try fixture.run("create", "--name=-x", "--", "-vm").status == 0)
        #expect(try fixture.run("current", "--", "-vm").output == "-x\n")
        #expect(try fixture.run("current", "--clear", "--", "-vm").status == 0)
        #expect(
            try fixture.run("current", "--", "-vm", "-x").output
                .contains("-x of -vm is current"))
        #expect(try fixture.run("delete", "-vm", "-x").status == 64)
        #expect(try fixture.run("delete", "--", "-vm", "-x").status == 0)
        #expect(try fixture.run("rename", "--", "-vm", "--new").status == 0)
        #expect(try fixture.run("undefine", "--", "--new").status == 0)
    }

    @Test("A name that is taken or invalid is refused with its code")
    func refused() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        let before = try fixture.state()
        for (name, code) in [("a", "exists"), ("a/b", "invalid-xml"), ("", "invalid-xml")] {
            let run = try fixture.run("create", "vm", "--name", name, "--format", "json")
            #expect(run.status == 1)
            #expect(run.errors.contains("\"code\":\"\(code)\""), "\(run.errors)")
        }
        #expect(try fixture.state() == before)
    }
}
