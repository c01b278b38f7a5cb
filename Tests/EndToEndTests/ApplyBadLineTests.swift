import Foundation
import TestSupport
import Testing

/// Lines that are no commands. Each is answered, and those around it are carried out.
struct ApplyBadLineTests {
    private static let delete = #"{"command":"delete","domain":"vm","checkpoint":"c""#

    private static let bad: [(line: String, message: String)] = [
        ("nonsense", "the line is not JSON"), ("{", "the line is not JSON"),
        (delete + "} x", "the line is not JSON"), (delete + "}}", "the line is not JSON"),
        ("null", "the line is not a JSON object"), ("7", "the line is not a JSON object"),
        (#""create""#, "the line is not a JSON object"), ("[]", "the line is not a JSON object"),
        ("[" + delete + "}]", "the line is not a JSON object"),
        (
            String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000),
            "the line is not JSON"
        ),
        (String(repeating: #"{"a":"#, count: 100_000), "the line is not JSON"),
        ("{}", "the key 'command' is missing"),
        (#"{"command":"destroy","domain":"vm"}"#, "unknown command \"destroy\""),
        (#"{"command":"","domain":"vm"}"#, "unknown command \"\""),
        (#"{"command":"Delete","domain":"vm","checkpoint":"c"}"#, "unknown command \"Delete\""),
        (#"{"command":null,"domain":"vm"}"#, "unknown command"),
        (#"{"command":7}"#, "'command' is not a text"),
        (delete + #","x":1}"#, "'delete' has no key \"x\""),
        (delete + #","xml":"<a/>"}"#, "'delete' has no key \"xml\""),
        (delete + #","Domain":"vm"}"#, "'delete' has no key \"Domain\""),
        (#"{"command":"delete","domain":"vm"}"#, "'delete' needs the key 'checkpoint'"),
        (#"{"command":"delete","checkpoint":"c"}"#, "'delete' needs the key 'domain'"),
        (#"{"command":"create","domain":"vm"}"#, "'create' needs the key 'xml'"),
        (#"{"command":"redefine","xml":"<a/>"}"#, "'redefine' needs the key 'domain'"),
        (#"{"command":"set-current","domain":"vm"}"#, "needs the key 'checkpoint'"),
        (#"{"command":"define"}"#, "'define' needs the key 'xml'"),
        (#"{"command":"rename","domain":"vm"}"#, "'rename' needs the key 'name'"),
        (#"{"command":"undefine"}"#, "'undefine' needs the key 'domain'"),
        (delete + #","scope":"all"}"#, "unknown scope \"all\""),
        (delete + #","scope":1}"#, "'scope' is not a text"),
        (delete + #","actor":[]}"#, "'actor' is not a text"),
        (delete + #","reason":{}}"#, "'reason' is not a text"),
        (delete + #","request":1}"#, "'request' is not a text"),
        (delete + #","expect":"1"}"#, "'expect' is not a revision"),
        (delete + #","expect":1.5}"#, "'expect' is not a revision"),
        (delete + #","at":"now"}"#, "'at' is not a whole number"),
        (delete + #","at":9223372036854775808}"#, "'at' is not a whole number"),
        (delete + #","at":true}"#, "'at' is not a whole number"),
        (#"{"command":"delete","domain":1,"checkpoint":"c"}"#, "'domain' is not a text"),
        (#"{"command":"delete","domain":"vm","checkpoint":[]}"#, "'checkpoint' is not a text"),
        (#"{"command":"delete","domain":null,"checkpoint":"c"}"#, "'domain' is null"),
        (#"{"command":"delete","domain":"vm","checkpoint":null}"#, "'checkpoint' is null"),
        (#"{"command":"create","domain":"vm","xml":null}"#, "'xml' is null"),
        (#"{"command":"create","domain":"vm","xml":false}"#, "'xml' is not a text"),
        (#"{"command":"define","xml":["<domain/>"]}"#, "'xml' is not a text"),
        (#"{"command":"repair"}"#, "'repair' needs the key 'domain'"),
        (
            #"{"command":"repair","domain":"vm","reparent":{"a":"b"}}"#,
            "'reparent' is not an array of texts"
        ),
        (#"{"command":"repair","domain":"vm","reparent":["a"]}"#, "which checkpoint gets which"),
        (#"{"command":"repair","domain":"vm","reparent":["a=b","a=c"]}"#, "two parents are given"),
        (#"{"command":"rename","domain":"vm","name":null}"#, "'name' is null"),
        (#"{"command":"rename","domain":"vm","name":1}"#, "'name' is not a text"),
        (#"{"command":"undefine","domain":"vm","checkpoints":"yes"}"#, "is not true or false"),
        (#"{"command":"undefine","domain":"vm","checkpoints":1}"#, "is not true or false"),
        (#"{"command":"delete","domain":"\ud800","checkpoint":"c"}"#, "'domain' is not a text"),
        (
            #"{"command":"delete","domain":"vm","checkpoint":"\udc00x"}"#,
            "'checkpoint' is not a text"
        ),
    ]

    private static func text(_ answer: Substring) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8))
        return try #require(object as? [String: Any])
    }

    private static func good(_ time: Int) -> String {
        #"{"command":"create","domain":"vm","xml":"<domaincheckpoint/>","at":\#(time)}"#
    }

    @Test("Every bad line among good ones is answered with what is wrong, in its place")
    func all() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        var lines = [Self.good(0)]
        for (index, bad) in Self.bad.enumerated() { lines += [bad.line, Self.good(index + 1)] }
        let run = try fixture.run(["apply"], input: lines.joined(separator: "\n") + "\n")
        #expect(run.status == 3)
        #expect(
            run.errors == "momentlog: error: \(Self.bad.count) of \(lines.count) lines failed,"
                + " the first being line 2; each answer says why\n")
        let answers = run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        try #require(answers.count == lines.count)
        for (index, answer) in answers.enumerated() {
            let answer = try Self.text(answer)
            if index.isMultiple(of: 2) {
                #expect(answer["checkpoint"] as? String == String(index / 2))
            } else {
                let bad = Self.bad[index / 2]
                let line = bad.line.prefix(100)
                #expect(answer["ok"] as? Bool == false, "\(line)")
                let isInvalid = bad.message.hasPrefix("the line is not")
                #expect(
                    answer["code"] as? String == (isInvalid ? "invalid-json" : "usage"),
                    "\(line)")
                let message = answer["message"] as? String ?? ""
                #expect(message.contains(bad.message), "\(line): \(message)")
            }
        }
        #expect(try fixture.graph().split(separator: " ").count == Self.bad.count + 1)
    }

    @Test("A line without a line feed at the end is a line, and CR LF ends one as LF does")
    func lineEnds() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        let run = try fixture.run(
            ["apply"],
            input: [Self.good(1), Self.good(2), "", Self.good(3)].joined(separator: "\r\n"))
        let answers = try run.output.split(separator: "\n").map(Self.text)
        #expect(answers.map { $0["checkpoint"] as? String } == ["1", "2", "3"])
        #expect(try fixture.graph() == "1 2<-1 3<-2*")
    }

    @Test("A line that is not UTF-8 is answered, wherever it is")
    func invalidUTF8() throws {
        let fixture = try CommandFixture()
        try fixture.define()
        var input = Data()
        let bad: [[UInt8]] = [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xFE, 0xFF, 0]]
        for (index, bytes) in bad.enumerated() {
            input += Data(#"{"command":"delete","domain":""#.utf8) + Data(bytes)
            input += Data("\",\"checkpoint\":\"c\"}\n".utf8)
            input += Data((Self.good(index) + "\n").utf8)
        }
        let run = try CommandRun.run(
            "momentlog", ["apply"], environment: fixture.environment, input: input)
        let answers = try run.output.split(separator: "\n").map(Self.text)
        try #require(answers.count == 2 * bad.count)
        for index in bad.indices {
            #expect(answers[2 * index]["message"] as? String == "the line is not UTF-8")
            #expect(answers[2 * index + 1]["ok"] as? Bool == true)
        }
    }

    @Test(
        "A line of 2 MiB or more is answered and skipped, and one just below is read",
        arguments: [(2 << 20) - 1, 2 << 20, (2 << 20) + 1, 10 << 20])
    func long(size: Int) throws {
        let fixture = try CommandFixture()
        try fixture.define()
        // Space between values is no part of them.
        let padding = String(repeating: " ", count: size - Self.good(2).utf8.count)
        let long = Self.good(2).dropLast() + padding + "}"
        try #require(long.utf8.count == size)
        for end in ["\n", ""] {
            let run = try fixture.run(
                ["apply"], input: end.isEmpty ? String(long) : "\(Self.good(1))\n\(long)\n\n")
            let answers = try run.output.split(separator: "\n").map(Self.text)
            try #require(answers.count == (end.isEmpty ? 1 : 2))
            let answer = answers[end.isEmpty ? 0 : 1]
            if size < 2 << 20 {
                #expect(answer["message"] as? String != "the line has more than 2097151 bytes")
            } else {
                #expect(answer["message"] as? String == "the line has more than 2097151 bytes")
                #expect(run.status == (end.isEmpty ? 1 : 3))
            }
        }
        #expect(try fixture.graph() == (size < 2 << 20 ? "1 2<-1*" : "1*"))
    }
}
