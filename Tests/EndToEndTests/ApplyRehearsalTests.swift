import Foundation
import TestSupport
import Testing

/// `apply --dry-run`.
struct ApplyRehearsalTests {
    private static func create(_ domain: String, _ name: String, _ more: String = "") -> String {
        let xml = "<domaincheckpoint><name>\(name)</name></domaincheckpoint>"
        return #"{"command":"create","domain":"\#(domain)","xml":"\#(xml)","at":7\#(more)}"#
    }

    private static let lines: [String] = {
        let guest = CheckpointText.guest("new", digit: "b").replacing("\"", with: "'")
        return [
            create("vm", "d"), create("vm", "d"), "",
            #"{"command":"delete","domain":"vm","checkpoint":"a"}"#,
            #"{"command":"delete","domain":"vm","checkpoint":"a"}"#,
            #"{"command":"define","xml":"\#(guest)"}"#, create("new", "n1"),
            create("new", "n2", #","request":"r1""#), create("new", "n2", #","request":"r1""#),
            create("new", "n3", #","request":"r1""#),
            #"{"command":"rename","domain":"new","name":"other"}"#, create("new", "n4"),
            create("other", "n4"), #"{"command":"set-current","domain":"other","checkpoint":"n1"}"#,
            create("other", "n5", #","expect":4"#), create("other", "n5", #","expect":8"#),
            #"{"command":"revert","domain":"vm","to":3}"#,
            #"{"command":"delete","domain":"vm","checkpoint":"a"}"#, "no JSON",
            #"{"command":"undefine","domain":"other","checkpoints":true}"#,
            create("other", "n6"),
        ]
    }()

    /// What answers have in common, whether lines are carried out or not.
    private func answers(_ run: CommandRun) throws -> [String] {
        try run.output.split(separator: "\n").map { line in
            let answer = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return ["ok", "code", "message", "checkpoint", "revision", "repeated", "request"]
                .map { "\($0): \(answer[$0] ?? "-")" }.joined(separator: ", ")
        }
    }

    @Test("Each line is judged on what the lines before it would leave, and nothing is changed")
    func same() throws {
        let fixture = try CommandFixture()
        try fixture.chain("a", "b")
        let input = Self.lines.joined(separator: "\n") + "\n"
        let before = try fixture.state()
        let planned = try fixture.run(["apply", "--dry-run"], input: input)
        #expect(try fixture.state() == before)
        let done = try fixture.run(["apply"], input: input)
        #expect(try answers(planned) == answers(done))
        #expect(planned.status == done.status)
        #expect(planned.errors == done.errors)
        #expect(try answers(done).count == Self.lines.count - 1)
    }

    @Test("More lines than are read at once are judged in their order, too")
    func many() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let lines = (0..<700).map { Self.create("vm", "c\($0)") }
        let input = lines.joined(separator: "\n") + "\n"
        let planned = try fixture.run(["apply", "--dry-run"], input: input)
        #expect(planned.status == 0, "\(planned.errors)")
        #expect(try answers(planned) == answers(fixture.run(["apply"], input: input)))
    }

    @Test("The number of the first line that failed counts empty lines, which nothing answers")
    func numbers() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let input = "\n\n" + Self.create("vm", "a") + "\n  \n" + "{\n"
        let run = try fixture.run(["apply", "--format", "json"], input: input)
        #expect(run.status == 3)
        #expect(run.output.split(separator: "\n").count == 2)
        #expect(run.errors.contains("1 of 2 lines failed, the first being line 5"), "\(run.errors)")
        #expect(run.errors.contains(#""code":"invalid-json""#), "\(run.errors)")
    }
}
