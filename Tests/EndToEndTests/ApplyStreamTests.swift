import Foundation
import TestSupport
import Testing

struct ApplyStreamTests {
    private func create(_ time: Int) -> String {
        #"{"command":"create","domain":"vm","xml":"<domaincheckpoint/>","at":\#(time)}"# + "\n"
    }

    @Test("An answer comes before the next line, and after its commit is visible to others")
    func lineByLine() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let session = try CommandSession(["apply"], fixture)
        for time in 1...5 {
            try session.write(create(time))
            let answer = try #require(try session.next())
            #expect(answer.contains("\"checkpoint\":\"\(time)\""), "\(answer)")
            #expect(try fixture.output("current", "vm") == "\(time)\n")
            try session.write("bad\n")
            #expect(try session.next()?.contains("not JSON") == true)
        }
        // Others' commits in between are seen as well.
        _ = try fixture.output("current", "vm", "1")
        try session.write(create(6))
        #expect(try session.next()?.contains("\"revision\":14,") == true)
        let list = try #require(try fixture.json("info", "vm", "6") as? [String: Any])
        #expect(list["parent"] as? String == "1")
        let (status, errors) = try session.finish()
        #expect(status == 3)
        #expect(errors.contains("5 of 11 lines failed, the first being line 2"))
        #expect(try session.next() == nil)
    }

    @Test("Half a line waits for its other half")
    func halves() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let session = try CommandSession(["apply", "-"], fixture)
        let line = create(2)
        try session.write(create(1) + line.prefix(20))
        #expect(try session.next()?.contains("\"checkpoint\":\"1\"") == true)
        #expect(try fixture.graph() == "1*")
        try session.write(String(line.dropFirst(20)))
        #expect(try session.next()?.contains("\"checkpoint\":\"2\"") == true)
        #expect(try session.finish().status == 0)
    }

    @Test("Closing the pipe of the answers ends apply without harm to the store")
    func readerGone() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        // More answers than fit into a pipe, and many batches.
        let count = 3_000
        try fixture.folder.write((1...count).map(create).joined(), to: "lines")
        let script = #"{ "$0" apply lines; echo $? >status; } | head -n 1"#
        let run = try CommandRun.run(
            "/bin/sh", ["-c", script, CommandRun.products.path + "/momentlog"],
            environment: fixture.environment, folder: fixture.folder.url)
        #expect(run.status == 0)
        #expect(
            run.output
                == #"{"ok":true,"commit":2,"sequence":[2,3],"revision":3,"checkpoint":"1","repeated":false}"#
                + "\n")
        let status = try String(contentsOfFile: fixture.folder.path("status"), encoding: .utf8)
        // As any command that writes into a closed pipe ends, or an error.
        #expect(["141\n", "1\n"].contains(status), "\(status)")
        let events = try fixture.events()
        #expect(events.count < 2 * count)
        #expect(events.map { $0["sequence"] as? Int } == Array(1...events.count))
        #expect(events.last?["event"] as? String == "currentSet")
        #expect(try fixture.run("check").status == 0)
        _ = try fixture.output("create", "vm", "--name", "after")
        #expect(try fixture.output("current", "vm") == "after\n")
    }
}
