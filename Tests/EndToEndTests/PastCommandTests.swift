import Foundation
import TestSupport
import Testing

/// `--at` on the commands that look.
struct PastCommandTests {
    /// vm: 1 defined, 2 and 3 create c1, 4 and 5 create c2, 6 and 7 delete c2, 8 renamed new.
    private func history() throws -> CommandFixture {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        _ = try fixture.output("delete", "vm", "c2")
        _ = try fixture.output("rename", "vm", "new")
        return fixture
    }

    @Test(
        "Each reading command shows the past with --at",
        arguments: [
            (["list", "vm", "--name", "--at", "5"], "c1\nc2\n"),
            (["list", "vm", "--name", "--at", "4"], "c1\n"),
            (["list", "new", "--name", "--at", "now"], "c1\n"),
            (["list", "new", "--name", "--at=-0s"], "c1\n"),
            (
                ["list", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "--name", "--at", "6"],
                "c1\nc2\n"
            ),
            (["current", "vm", "--at", "3"], "c1\n"), (["current", "vm", "--at", "5"], "c2\n"),
            (["current", "vm", "--at", "7"], "c1\n"),
            (["parent", "vm", "c2", "--at", "5"], "c1\n"),
            (["check", "vm", "--at", "5"], "1 domain checked: nothing found in the record\n"),
            (["check", "--at", "5"], "1 domain checked: nothing found in the record\n"),
            (["check", "--at", "0"], "0 domains checked: nothing found in the record\n"),
            (["list", "vm", "--at", "0", "--format", "json"], "[]\n"),
            (["list", "vm", "--at", "2001-01-01", "--format", "json"], "[]\n"),
        ])
    func past(arguments: [String], output: String) throws {
        let run = try history().run(arguments)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == output)
    }

    @Test("A deleted checkpoint is shown and exported in its former state")
    func documents() throws {
        let fixture = try CommandFixture()
        try fixture.chain("c1", "c2")
        let dumped = try fixture.output("dumpxml", "vm", "c2", "--security-info")
        let info = try fixture.output("info", "vm", "c2")
        _ = try fixture.output("export", "vm", "--output", "now")
        _ = try fixture.output("delete", "vm", "c2")
        #expect(
            try fixture.output("dumpxml", "vm", "c2", "--security-info", "--at", "5") == dumped)
        #expect(try fixture.output("info", "vm", "c2", "--at", "5") == info)
        _ = try fixture.output("export", "vm", "--output", "then", "--at", "5")
        for name in ["ORDER", "c1.xml", "c2.xml"] {
            #expect(
                try Data(contentsOf: fixture.folder.url.appending(path: "then/vm/\(name)"))
                    == Data(contentsOf: fixture.folder.url.appending(path: "now/vm/\(name)")))
        }
    }

    @Test("A time before a domain began shows an empty graph with a note")
    func beforeTheBeginning() throws {
        let fixture = try history()
        for when in ["0", "2001-01-01", "1970-01-01T00:00:00Z"] {
            let run = try fixture.run("list", "vm", "--at", when)
            #expect(run.status == 0)
            #expect(run.errors.hasPrefix("momentlog: note: at "))
            #expect(run.errors.contains("nothing had been recorded of a domain 'vm' yet"))
        }
        let check = try fixture.run("check", "--at", "0")
        #expect(check.errors == "momentlog: note: at event 0 nothing had been recorded yet\n")
    }

    @Test(
        "What cannot be answered is refused in one line",
        arguments: [
            (["list", "vm", "--at", "9"], 1, "the log holds no event 9; its last event is 8"),
            (["list", "new", "--at", "5"], 0, "nothing had been recorded of a domain 'new' yet"),
            (["list", "vm", "--at", "8"], 1, "no domain with matching name or UUID 'vm'"),
            (["list", "no", "--at", "8"], 1, "no domain with matching name or UUID 'no'"),
            (["info", "vm", "c2", "--at", "3"], 1, "matching name 'c2'"),
            (
                ["export", "vm", "--at", "0", "--output", "x"], 1,
                "nothing had been recorded of domain 'vm'"
            ),
            (["list", "vm", "--at", "2026-02-30"], 64, "no such date or time of day"),
            (
                ["list", "vm", "--at", "tuesday"], 64,
                "invalid time 'tuesday'; use an event number, a date, a time such as 12:30, yesterday, or an age such as 2h"
            ),
            (["list", "vm", "--at", "-2x"], 64, "invalid time '-2x'; use an event number"),
            (["current", "new", "c1", "--at", "3"], 64, "the past, which cannot be changed"),
            (["current", "new", "--clear", "--at", "3"], 64, "the past, which cannot be changed"),
        ])
    func refusals(arguments: [String], status: Int32, reason: String) throws {
        let fixture = try history()
        let run = try fixture.run(arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.contains(reason))
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.path("x")))
    }
}
