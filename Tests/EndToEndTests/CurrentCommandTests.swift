import Foundation
import TestSupport
import Testing

struct CurrentCommandTests {
    @Test("The current one is shown, set and cleared")
    func moves() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        #expect(try fixture.output("current", "vm") == "b\n")
        #expect(
            try fixture.output("current", "vm", "a") == "Recorded: checkpoint a of vm is current\n")
        #expect(try fixture.graph() == "a* b<-a")
        #expect(
            try fixture.output("current", "vm", "a")
                == "Unchanged: checkpoint a of vm is current\n")
        #expect(
            try fixture.output("current", "vm", "--format", "json")
                == "{\"domain\":\"vm\",\"current\":\"a\",\"reason\":null}\n")
        #expect(
            try fixture.output("current", "vm", "--clear")
                == "Recorded: no checkpoint of vm is current\n")
        #expect(
            try fixture.output("current", "vm", "--clear")
                == "Unchanged: no checkpoint of vm is current\n")
        #expect(
            try fixture.output("current", "vm", "--format", "jsonl")
                == "{\"domain\":\"vm\",\"current\":null,\"reason\":null}\n")
        let events = try fixture.events().suffix(2)
        #expect(events.map { $0["event"] as? String } == ["currentSet", "currentSet"])
        #expect(events.map { $0["checkpoint"] as? String } == ["a", nil])
    }

    @Test("If no checkpoint is current, the answer has no line")
    func none() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let run = try fixture.run("current", "vm")
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        #expect(run.errors.isEmpty)
    }

    @Test("The next checkpoint is created below the current one, or as a root")
    func parent() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        _ = try fixture.output("current", "vm", "a")
        _ = try fixture.output("create", "vm", "--name", "c")
        _ = try fixture.output("current", "vm", "--clear")
        _ = try fixture.output("create", "vm", "--name", "d")
        let list = try #require(try fixture.json("list", "vm") as? [[String: Any]])
        let parents = Dictionary(
            uniqueKeysWithValues: list.map {
                ($0["name"] as? String ?? "", $0["parent"] as? String)
            })
        #expect(parents == ["a": nil, "b": "a", "c": "a", "d": nil])
        #expect(try fixture.output("current", "vm") == "d\n")
    }

    @Test("A missing checkpoint, or a name and --clear, are refused")
    func refused() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a")
        let before = try fixture.state()
        #expect(try fixture.run("current", "vm", "nosuch").status == 1)
        #expect(try fixture.run("current", "vm", "a", "--clear").status == 64)
        #expect(try fixture.state() == before)
    }

    @Test(
        "With unresolved errors no checkpoint is current; one that was set is current after the repair"
    )
    func errors() throws {
        let fixture = try CommandFixture()
        let path = try fixture.library("vm", ["a": nil, "b": "lost"])
        #expect(try fixture.run("import", path).status == 3)
        let set = try fixture.run("current", "vm", "a")
        #expect(set.status == 0, "\(set.errors)")
        #expect(
            set.output.hasPrefix("Recorded: checkpoint a of vm is current, once the errors that"))
        let show = try fixture.run("current", "vm")
        #expect((show.status, show.output) == (0, ""))
        #expect(
            show.errors.contains("it has unresolved errors; 'a' was current before"),
            "\(show.errors)")
        #expect(
            try fixture.output("current", "vm", "--format", "json")
                == #"{"domain":"vm","current":null,"reason":"unresolved-errors"}"# + "\n")
        _ = try fixture.output("delete", "vm", "b")
        #expect(try fixture.output("current", "vm") == "a\n")
    }
}
