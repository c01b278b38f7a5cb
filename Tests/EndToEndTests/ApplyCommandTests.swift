import Foundation
import TestSupport
import Testing

struct ApplyCommandTests {
    /// A text as JSON writes it.
    static func json(_ text: String) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: text, options: [.fragmentsAllowed, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    /// Every command in turn, and what answers it.
    private static func script() throws -> [(line: String, answer: String)] {
        let guest = try json(CheckpointText.guest("vm"))
        let b = try json(CheckpointText.document("b", parent: "a", time: 7))
        return [
            (
                #"{"command":"define","xml":\#(guest)}"#,
                #"{"ok":true,"commit":1,"sequence":[1,1],"revision":1,"repeated":false}"#
            ),
            (
                #"{"command":"create","domain":"vm","xml":"<domaincheckpoint><name>a</name>"#
                    + #"</domaincheckpoint>","at":5}"#,
                #"{"ok":true,"commit":2,"sequence":[2,3],"revision":3,"checkpoint":"a","repeated":false}"#
            ),
            (
                #"{"command":"create","domain":"vm","xml":"<domaincheckpoint/>","at":6}"#,
                #"{"ok":true,"commit":3,"sequence":[4,5],"revision":5,"checkpoint":"6","repeated":false}"#
            ),
            (
                #"{"xml":\#(b),"domain":"vm","command":"redefine"}"#,
                #"{"ok":true,"commit":4,"sequence":[6,6],"revision":6,"checkpoint":"b","repeated":false}"#
            ),
            (
                #"{"command":"set-current","domain":"vm","checkpoint":"b"}"#,
                #"{"ok":true,"commit":5,"sequence":[7,7],"revision":7,"checkpoint":"b","repeated":false}"#
            ),
            (
                #"{"command":"set-current","domain":"vm","checkpoint":null}"#,
                #"{"ok":true,"commit":6,"sequence":[8,8],"revision":8,"repeated":false}"#
            ),
            (
                #"{"command":"set-current","domain":"vm","checkpoint":null}"#,
                #"{"ok":true,"commit":null,"sequence":[],"revision":8,"repeated":false}"#
            ),
            (
                #"{"command":"delete","domain":"vm","checkpoint":"6"}"#,
                #"{"ok":true,"commit":7,"sequence":[9,9],"revision":9,"checkpoint":"6","repeated":false}"#
            ),
            (
                #"{"command":"delete","domain":"vm","checkpoint":"a","scope":"children-only"}"#,
                #"{"ok":true,"commit":8,"sequence":[10,10],"revision":10,"checkpoint":"a","repeated":false}"#
            ),
            (
                #"{"command":"rename","domain":"vm","name":"new"}"#,
                #"{"ok":true,"commit":9,"sequence":[11,11],"revision":11,"repeated":false}"#
            ),
            (
                #"{"command":"undefine","domain":"new"}"#,
                #"{"ok":false,"code":"has-checkpoints","message":"cannot delete inactive domain"#
                    + #" with 1 checkpoint","hint":"undefine the domain together with their metadata; the"#
                    + #" history stays","details":{"domain":"new","checkpoints":1}}"#
            ),
            (
                #"{"command":"undefine","domain":"new","checkpoints":true}"#,
                #"{"ok":true,"commit":10,"sequence":[12,13],"revision":13,"repeated":false}"#
            ),
            (
                #"{"command":"delete","domain":"new","checkpoint":"a"}"#,
                #"{"ok":false,"code":"no-domain","message":"no domain with matching name or UUID"#
                    + #" 'new'","hint":"list the domains","details":{"domain":"new"}}"#
            ),
        ]
    }

    @Test(
        "Each line is answered in its turn, from a file or from standard input",
        arguments: [["lines"], [], ["-"]])
    func answers(arguments: [String]) throws {
        let fixture = try CommandFixture()
        let script = try Self.script()
        let lines = script.map { $0.line + "\n" }.joined()
        if arguments == ["lines"] { try fixture.folder.write(lines, to: "lines") }
        let run = try fixture.run(
            ["apply"] + arguments, input: arguments == ["lines"] ? "" : lines)
        #expect(run.output.split(separator: "\n").map(String.init) == script.map(\.answer))
        #expect(run.status == 3)
        #expect(
            run.errors.hasSuffix(
                "momentlog: error: 2 of 13 lines failed, the first being line 11; each answer says"
                    + " why\n"))
    }

    @Test("When no line fails the status is 0, and nothing is said beside the answers")
    func success() throws {
        let fixture = try CommandFixture()
        let lines = try Self.script().prefix(10).map { $0.line + "\n" }.joined()
        let run = try fixture.run(["apply"], input: lines)
        #expect(run.status == 0)
        #expect(run.errors.hasPrefix("momentlog: note: created the store "), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(try fixture.graph("new") == "a")
    }

    @Test("No lines are no answers, and nothing has failed")
    func nothing() throws {
        let fixture = try CommandFixture()
        let run = try fixture.run("apply")
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        #expect(run.errors.isEmpty)
        #expect(try fixture.folder.contents.isEmpty)
    }

    @Test(
        "A line states actor, reason, request and time; options are the defaults")
    func provenance() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let create = #"{"command":"create","domain":"vm","xml":"<domaincheckpoint/>""#
        let lines = [
            create + #","at":1,"actor":"one","reason":"why ☂","request":"q1","expect":1}"#,
            create + #","at":2}"#, create + #","at":-3}"#,
            create + #","at":4,"actor":null,"reason":null,"request":null,"expect":null}"#,
        ]
        let run = try fixture.run(
            ["apply", "--actor", "all", "--reason", "general"],
            input: lines.joined(separator: "\n"))
        #expect(run.status == 3)
        let events = try fixture.events().filter { $0["event"] as? String == "checkpointCreated" }
        #expect(events.map { $0["creationTime"] as? Int } == [1, 2, 4])
        #expect(events.map { $0["actor"] as? String } == ["one", "all", "all"])
        #expect(events.map { $0["reason"] as? String } == ["why ☂", "general", "general"])
        #expect(events.map { $0["request"] as? String } == ["q1", nil, nil])
        #expect(
            events.allSatisfy { ($0["origin"] as? [String: String]) == ["kind": "command"] })
    }

    @Test("Lines that come again under their requests' names are answered as at first")
    func requests() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let lines =
            (1...300).map { index in
                #"{"command":"create","domain":"vm","xml":"<domaincheckpoint><name>c\#(index)"#
                    + #"</name></domaincheckpoint>","request":"r\#(index)"}"#
            } + [
                #"{"command":"set-current","domain":"vm","checkpoint":"c1","request":"r301"}"#,
                #"{"command":"set-current","domain":"vm","checkpoint":"c1","request":"r302"}"#,
            ]
        let first = try fixture.run(["apply"], input: lines.joined(separator: "\n"))
        #expect(first.status == 0)
        let before = try fixture.state()
        let second = try fixture.run(
            ["apply"], input: (lines.reversed() + lines).joined(separator: "\n"))
        #expect(second.status == 0)
        let repeated = first.output.replacing("\"repeated\":false", with: "\"repeated\":true")
        let answers = repeated.split(separator: "\n")
        let reversed = Array(answers.reversed())
        #expect(answers[6].hasSuffix(#","repeated":true,"request":"r7"}"#), "\(answers[6])")
        #expect(second.output.split(separator: "\n") == reversed + answers)
        #expect(try fixture.state() == before)
        let other = try fixture.run(
            ["apply"],
            input: #"{"command":"set-current","domain":"vm","checkpoint":null,"request":"r7"}"#)
        #expect(other.status == 1)
        #expect(other.output.contains("\"code\":\"request-conflict\""))
    }

    @Test("A line that expects another revision is refused; its neighbours are not")
    func expectation() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let lines = [(1, 1), (2, 1), (3, 3)].map { at, revision in
            #"{"command":"create","domain":"vm","xml":"<domaincheckpoint/>","at":\#(at),"#
                + #""expect":\#(revision)}"#
        }
        let run = try fixture.run(["apply"], input: lines.joined(separator: "\n"))
        let answers = run.output.split(separator: "\n")
        #expect(answers.map { $0.contains("\"ok\":true") } == [true, false, true])
        #expect(answers[1].contains("\"code\":\"revision-conflict\""))
        #expect(try fixture.graph() == "1 3<-1*")
    }
}
