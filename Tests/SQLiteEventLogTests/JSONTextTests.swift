import EventLog
import Foundation
import SQLiteEventLog
import Testing

struct JSONTextTests {
    private static func quoted(_ text: String) -> String {
        var json = JSONText()
        json.value(text)
        return json.text
    }

    @Test("Control characters are escaped, those with a letter by it", arguments: 0..<0x20)
    func controlCharacters(code: Int) throws {
        let scalar = try #require(Unicode.Scalar(code))
        let letters = [0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r"]
        let digits = String(code, radix: 16)
        let escape = letters[code] ?? "u" + String(repeating: "0", count: 4 - digits.count) + digits
        #expect(Self.quoted(String(scalar)) == "\"\\\(escape)\"")
    }

    @Test(
        "Beside those, only quote and backslash are escaped",
        arguments: [
            ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#), ("'", #""'""#), ("<&>", #""<&>""#),
            ("\u{7F}", "\"\u{7F}\""), ("\u{80}", "\"\u{80}\""), ("\u{9F}", "\"\u{9F}\""),
            ("\u{2028}\u{2029}", "\"\u{2028}\u{2029}\""), ("\u{FEFF}", "\"\u{FEFF}\""),
            ("é", "\"é\""), ("e\u{301}", "\"e\u{301}\""), ("💾", "\"💾\""),
            ("\u{10FFFF}", "\"\u{10FFFF}\""), ("\u{202E}abc", "\"\u{202E}abc\""), ("", "\"\""),
            ("\r\n", #""\r\n""#),
        ])
    func otherCharacters(text: String, json: String) {
        #expect(Array(Self.quoted(text).utf8) == Array(json.utf8))
    }

    @Test("Objects and arrays nest with commas between their values only")
    func structure() {
        var json = JSONText()
        json.object { json in
            json.key("empty")
            json.object { _ in }
            json.key("none")
            json.array { _ in }
            json.key("list")
            json.array { json in
                json.value(1)
                json.array { json in
                    json.value(true)
                    json.value(false)
                }
                json.object { json in
                    json.key(dynamic: "a\"b")
                    json.null()
                }
                json.value(String?.none)
                json.value(Optional("x"))
            }
            json.key("smallest")
            json.value(Int64.min)
            json.key("largest")
            json.value(UInt64.max)
            json.key("raw")
            json.raw("{}")
        }
        #expect(
            json.text == #"{"empty":{},"none":[],"list":[1,[true,false],{"a\"b":null},null,"x"],"#
                + #""smallest":-9223372036854775808,"largest":18446744073709551615,"raw":{}}"#)
    }

    @Test("White space is written where requested, and does not disturb the commas")
    func whiteSpace() {
        var json = JSONText()
        json.array { json in
            json.value(1)
            json.space("\n")
            json.value(2)
        }
        #expect(json.text == "[1\n,2]")
    }

    @Test("What a closure throws passes through")
    func errorsPass() {
        struct Refusal: Error {}
        var json = JSONText()
        #expect(throws: Refusal.self) { try json.object { _ in throw Refusal() } }
        #expect(throws: Refusal.self) { try json.array { _ in throw Refusal() } }
    }

    @Test("Another parser reads the same values")
    func foundationReadsTheSame() throws {
        let texts =
            (1..<0x100).compactMap { Unicode.Scalar($0).map { "a\($0)b" } }
            + [
                "\0", "\u{2028}\u{2029}", "💾👩‍👩‍👧", "\u{202E}rtl\u{202C}", "e\u{301}",
                "\u{10FFFF}", "\"\\\"\\\\",
            ]
        var json = JSONText()
        json.object { json in
            json.key("texts")
            json.array { json in
                for text in texts { json.value(text) }
            }
            json.key("number")
            json.value(Int64.max)
            json.key("flags")
            json.array { json in
                json.value(true)
                json.value(false)
                json.null()
            }
        }
        let parsed = try #require(
            JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
        let found = try #require(parsed["texts"] as? [String])
        #expect(found.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
        #expect(parsed["number"] as? Int64 == .max)
        let flags = try #require(parsed["flags"] as? [Any])
        #expect(flags.count == 3)
        #expect(flags.first as? Bool == true)
        #expect(flags.dropFirst().first as? Bool == false)
        #expect(flags.last is NSNull)
    }
}
