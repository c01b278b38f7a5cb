import Foundation
import TestSupport
import Testing

struct SeveralCheckpointsTests {
    @Test(
        "Several checkpoints and patterns are deleted, each in a separate commit",
        arguments: [
            (["a", "c"], "b* d", 2), (["[ac]"], "b* d", 2), (["*", "--yes"], "", 4),
            (["d", "d"], "a b<-a c<-b*", 1), (["b", "c", "--children"], "a*", 1),
            (["c", "b", "--children-only"], "a b<-a*", 1),
        ] as [([String], String, Int)])
    func delete(arguments: [String], graph: String, commits: Int) throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c", "d")
        if graph.contains("b* d") { _ = try fixture.output("current", "vm", "b") }
        let before = try fixture.events().last?["commit"] as? Int ?? 0
        let run = try fixture.run(["delete", "vm"] + arguments)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.split(separator: "\n").count == commits)
        #expect(try fixture.events().last?["commit"] as? Int == before + commits)
        let found = try fixture.graph()
        #expect(found == graph || graph == "b* d" && found == "b* d<-b", "\(found)")
    }

    @Test("Nothing is deleted if a name or a pattern is that of no checkpoint")
    func refusals() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        let before = try fixture.state()
        for (arguments, status, reason) in [
            (["a", "x"], 1, "no domain checkpoint with matching name 'x'"),
            (["a", "x*"], 1, "no domain checkpoint matches 'x*'"),
            (["a", "b", "--request-id", "r"], 64, "about one checkpoint"),
            (["*", "--expect-revision", "5"], 64, "about one checkpoint"), ([], 64, "Missing"),
        ] as [([String], Int32, String)] {
            let run = try fixture.run(["delete", "vm"] + arguments)
            #expect(run.status == status && run.errors.contains(reason), "\(run.errors)")
        }
        #expect(try fixture.state() == before)
    }

    @Test("The answers to several deletions are an array, that to one an object")
    func deletedJSON() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c")
        let several = try fixture.json("delete", "vm", "a", "b") as? [[String: Any]]
        #expect(several?.map { $0["checkpoint"] as? String } == ["a", "b"])
        let one = try fixture.json("delete", "vm", "c") as? [String: Any]
        #expect(one?["checkpoint"] as? String == "c")
    }

    @Test("Several checkpoints are shown one after the other, in JSON as an array")
    func info() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b", "c")
        let text = try fixture.output("info", "vm", "[bc]")
        let names = text.split(separator: "\n").filter { $0.hasPrefix("Name:") }
        #expect(names.count == 2)
        #expect(text.contains("\n\nName:"))
        let several = try fixture.json("info", "vm", "c", "a") as? [[String: Any]]
        #expect(several?.map { $0["name"] as? String } == ["c", "a"])
        #expect((try fixture.json("info", "vm", "a*") as? [Any])?.count == 1)
        #expect((try fixture.json("info", "vm", "a") as? [String: Any])?["name"] as? String == "a")
        #expect(try fixture.run("info", "vm", "x*").status == 1)
    }

    @Test("A list has the columns that are asked for")
    func columns() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        let text = try fixture.output("list", "vm", "--columns", "parent,name,disks,children")
        let lines = text.split(separator: "\n").map {
            $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        #expect(lines[0] == "Parent Name Disks Children")
        #expect(lines.suffix(2) == ["a vda, vdb 1", "a b vda, vdb 0"])
        let all = try fixture.output(
            "list", "vm", "--columns",
            "name,created,current,parent,children,descendants,description,disks,health,findings")
        #expect(all.contains("Creation Time"))
        for (arguments, reason) in [
            (["--columns", "size"], "unknown column 'size'"),
            (["--sort", "size"], "unknown order 'size'"),
            (["--columns", "name", "--tree"], "mutually exclusive"),
            (["--since", "5"], "is an event's number"), (["--since", "soon"], "invalid time"),
        ] {
            let run = try fixture.run(["list", "vm"] + arguments)
            #expect(run.status == 64 && run.errors.contains(reason), "\(run.errors)")
        }
    }
}
