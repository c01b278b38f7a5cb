import Foundation
import Moments
import TestSupport
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// The decoder accepts exactly the bytes that the encoder writes.
struct EventLineCanonicalTests {
    private static let hash = "060eb14b1cfbd78cd57ce08dc3f07d35a2c066d19958814db8dfd8bef7b14a54"

    /// A line with most of what lines can hold.
    private static let line =
        #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"#
        + #""time":"2026-11-23T19:40:10.000000Z","clock":"2026-11-23T19:40:09.500000Z","#
        + #""event":"checkpointRedefined","version":1,"actor":"a","uid":1000,"host":"h","#
        + #""reason":"r\n\u001f","origin":{"kind":"import","file":"ü.xml","sha256":"\#(hash)"},"#
        + #""request":"q","checkpoint":"c1","parent":"c0","creationTime":1700000000,"#
        + #""description":"d","disks":[{"name":"vda","checkpoint":"bitmap","bitmap":"c1"},"#
        + #"{"name":"vdb","checkpoint":"no","bitmap":null}],"definition":"\#(hash)","#
        + #""claimsCurrent":false}"#

    private static func error(of line: some Sequence<UInt8>) -> MomentlogError? {
        do {
            try Array(line).withUnsafeBytes { bytes in _ = try EventLine.decode(bytes: bytes) }
            return nil
        } catch {
            return error as? MomentlogError
        }
    }

    private static func altered(_ old: String, _ new: String) throws -> String {
        let ranges = line.ranges(of: old)
        try #require(ranges.count == 1, "'\(old)' is in the line \(ranges.count) times")
        return line.replacing(old, with: new)
    }

    @Test("Every line of every earlier schema is read and printed back byte for byte")
    func earlierStores() throws {
        let stores = Fixtures.repository.appending(path: "Tests/Fixtures/stores/answers")
        var kinds: Set<Event.Kind> = []
        for version in 1...7 {
            let path = stores.appending(path: "schema-\(version)/log.jsonl")
            let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
            try #require(!lines.isEmpty)
            for line in lines {
                let recorded = try EventLine.decode(String(line))
                #expect(try EventLine.bytes(recorded) == Array(line.utf8))
                #expect(recorded.recorder == nil && recorded.domainId == nil)
                kinds.insert(recorded.event.kind)
            }
        }
        #expect(kinds == Set(Event.Kind.allCases))
    }

    @Test("The line that the others alter is canonical")
    func unaltered() throws {
        let recorded = try EventLine.decode(Self.line)
        #expect(try EventLine.encode(recorded) == Self.line)
    }

    @Test(
        "A line that is only equal to a JSON parser is corrupt",
        arguments: [
            // White space, order, repeated and unknown keys.
            (#"{"sequence":"#, #"{ "sequence":"#), (#""commit":7"#, #""commit": 7"#),
            (#""commit":7,"revision":9"#, #""revision":9,"commit":7"#),
            (#""commit":7"#, #""commit":7,"commit":7"#), (#""commit":7"#, #""commit":7,"x":1"#),
            (#""claimsCurrent":false}"#, #""claimsCurrent":false} "#),
            (#""claimsCurrent":false}"#, #""claimsCurrent":false}\#n"#),
            (#""claimsCurrent":false}"#, #""claimsCurrent":false,"x":1}"#),
            ("bitmap\":null}]", "bitmap\":null} ]"), ("bitmap\":null}]", "bitmap\":null},]"),
            // Numbers.
            (#""commit":7"#, #""commit":07"#), (#""commit":7"#, #""commit":+7"#),
            (#""commit":7"#, #""commit":7.0"#), (#""commit":7"#, #""commit":7e0"#),
            (#""commit":7"#, #""commit":"7""#), (#""uid":1000"#, #""uid":01000"#),
            ("1700000000", "01700000000"), ("1700000000", "-0"), ("1700000000", "1.7e9"),
            // Escapes.
            (#"r\n"#, #"r\u000a"#), (#"r\n"#, #"r\u000A"#), (#"\u001f"#, #"\u001F"#),
            (#""request":"q""#, #""request":"\u0071""#), (#""request":"q""#, #""request":"\/""#),
            ("ü", #"\u00fc"#), (#""request""#, #""r\u0065quest""#),
            // Times, digests.
            ("10.000000Z", "10Z"), ("10.000000Z", "10.0Z"), ("10.000000Z", "10.000000z"),
            ("10.000000Z", "10.000000+00:00"), ("2026-11-23T19:40:10", "2026-11-23 19:40:10"),
            (#""definition":"060e"#, #""definition":"060E"#),
            (#""sha256":"060e"#, #""sha256":"060E"#),
            // What is left out where it has no value, or null where it has none.
            (#""reason":"r\n\u001f","#, #""reason":null,"#),
            (#""request":"q","#, #""request":null,"#),
            (#""description":"d""#, #""description":"""#), (#""description":"d","#, ""),
            (#""clock":"2026-11-23T19:40:09.500000Z""#, #""clock":null"#),
            (#","claimsCurrent":false"#, ""), ("false", "0"), ("false", "null"),
        ])
    func otherForms(old: String, new: String) throws {
        let line = try Self.altered(old, new)
        #expect(Self.error(of: line.utf8)?.code == .corrupt, "\(line)")
    }

    @Test(
        "A value that is impossible is corrupt",
        arguments: [
            ("\"sequence\":12", "\"sequence\":0"), ("\"sequence\":12", "\"sequence\":-1"),
            ("\"sequence\":12", "\"sequence\":9223372036854775808"),
            ("\"sequence\":12", "\"sequence\":18446744073709551617"),
            ("\"sequence\":12", "\"sequence\":"), ("\"domainId\":3", "\"domainId\":0"),
            ("\"uid\":1000", "\"uid\":4294967296"), ("\"uid\":1000", "\"uid\":-1"),
            ("1700000000", "9223372036854775808"), ("1700000000", "-9223372036854775809"),
            ("1700000000", "99999999999999999999"), ("1700000000", "-"),
            ("2026-11-23T19:40:10", "2026-02-30T19:40:10"),
            ("2026-11-23T19:40:10", "2026-13-23T19:40:10"),
            ("2026-11-23T19:40:10", "2026-11-00T19:40:10"),
            ("2026-11-23T19:40:10", "2026-11-23T24:00:00"),
            ("2026-11-23T19:40:10", "2026-11-23T19:40:60"),
            ("\"kind\":\"import\"", "\"kind\":\"command\""),
            ("\"kind\":\"import\"", "\"kind\":\"live\""),
            ("\"checkpoint\":\"no\"", "\"checkpoint\":\"full\""), ("vda\"", "vda\u{1}\""),
        ])
    func impossible(old: String, new: String) throws {
        let line = try Self.altered(old, new)
        #expect(Self.error(of: line.utf8)?.code == .corrupt, "\(line)")
    }

    @Test(
        "The domain's number, the user ID and the host are all in a line or none of them",
        arguments: [
            ["domainId"], ["uid"], ["host"], ["uid", "host"], ["domainId", "uid"],
            ["domainId", "host"],
        ])
    func recorderInPart(left: [String]) throws {
        let members = [
            "domainId": #""domainId":3,"#, "uid": #""uid":1000,"#, "host": #""host":"h","#,
        ]
        var line = Self.line
        for key in left { line = line.replacing(try #require(members[key]), with: "") }
        #expect(Self.error(of: line.utf8)?.code == .corrupt)
        for key in members.keys { line = line.replacing(members[key] ?? "", with: "") }
        #expect(try EventLine.decode(line).recorder == nil)
    }

    @Test(
        "Bytes that are not UTF-8 are corrupt, wherever they are in a text",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0x80], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0x80, 0x80], [0xF0, 0x9F, 0x92],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3, 0x28],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        for padding in 0..<20 {
            let text = [UInt8](repeating: 0x61, count: padding) + bytes + Array("bcdefghi".utf8)
            let line =
                Array(#"{"sequence":1,"commit":1,"revision":1,"domain":""#.utf8) + text
                + Array(Self.line.utf8.drop { $0 != 0x6D }.dropFirst(3))
            let error = Self.error(of: line)
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("UTF-8") == true, "\(String(describing: error))")
        }
    }

    @Test("A line that ends early is corrupt, wherever it ends")
    func truncated() {
        let bytes = Array(Self.line.utf8)
        for count in 0..<bytes.count {
            #expect(Self.error(of: bytes.prefix(count))?.code == .corrupt, "\(count) bytes")
        }
    }

    @Test(
        "An error names the event, the key and the byte at fault",
        arguments: [
            ("\"commit\":7", "\"commit\":x", ["event 12", "commit", "number from 1", "byte 25"]),
            ("\"revision\"", "\"version\"", ["event 12", "revision", "byte 26", "'commit'"]),
            ("{\"sequence\"", "{\"commit\"", ["a line is not an event", "sequence", "byte 1"]),
            (",\"claimsCurrent\":false}", ",\"claimsCurrent\":no}", ["event 12", "true or false"]),
        ])
    func message(old: String, new: String, parts: [String]) throws {
        let error = try #require(Self.error(of: try Self.altered(old, new).utf8))
        for part in parts { #expect(error.message.contains(part), "\(error)") }
    }

    @Test(
        "A later payload is too new behind a heading with a recorder, and corrupt behind another")
    func laterWithRecorder() throws {
        let later = try Self.altered("\"version\":1", "\"version\":2")
        #expect(Self.error(of: later.utf8)?.code == .tooNew)
        let rest = later.replacing("\"actor\":\"a\"", with: "\"actor\":[1]")
        #expect(Self.error(of: rest.utf8)?.code == .tooNew)
        let heading = later.replacing("\"commit\":7", with: "\"commit\":07")
        #expect(Self.error(of: heading.utf8)?.code == .corrupt)
    }

    @Test("A line with a few altered bytes is refused, or printed back unchanged")
    func mutations() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("EventLineCanonicalTests: mutations with seed \(seed)")
        var events = RandomEvents(seed: seed)
        var random = SplitMix64(seed: seed &+ 1)
        let pieces = ["\"", "\\", "\\u00", ",", "null", "0", "é", "e\u{301}", "}", "\"a\":1,", " "]
        var acceptedCount = 0
        for round in 0..<20_000 {
            let kind = try #require(Event.Kind.allCases.randomElement(using: &random))
            var line = try EventLine.bytes(events.recorded(kind))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<line.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: line[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: line[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: line.remove(at: index)
                case 3: line.insert(line[index], at: index)
                default:
                    let piece = try #require(pieces.randomElement(using: &random))
                    line.insert(contentsOf: piece.utf8, at: index)
                }
            }
            let decoded = line.withUnsafeBytes { try? EventLine.decode(bytes: $0) }
            guard let decoded else { continue }
            acceptedCount += 1
            try #require(
                try EventLine.bytes(decoded) == line,
                "seed \(seed), round \(round): \(String(decoding: line, as: UTF8.self))")
        }
        // Texts can hold most of what is put into them.
        #expect(acceptedCount > 500)
    }
}
