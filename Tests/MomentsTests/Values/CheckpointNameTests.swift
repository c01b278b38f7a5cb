import Foundation
import Moments
import TestSupport
import Testing

struct CheckpointNameTests {
    @Test(
        "A name is the text that it was made of, valid or not",
        arguments: ["c1", "", " ", "a/b", ".c", "\u{E9}", "e\u{301}", "a\0b"])
    func text(_ text: String) {
        let name = CheckpointName(text)
        #expect(Array(name.text.utf8) == Array(text.utf8))
        #expect(Array("\(name)".utf8) == Array(text.utf8))
        #expect(name.debugDescription == text.debugDescription)
        #expect(name.fault == CheckpointName.fault(in: text))
    }

    @Test("Literals and interpolations are names")
    func literals() {
        let number = 7
        let names: [CheckpointName] = ["c7", "c\(number)"]
        #expect(names[0] == names[1])
        #expect(names[0] == CheckpointName("c7"))
        #expect("\(names)" == #"["c7", "c7"]"#)
    }

    @Test("Names are equal if their bytes are, so that names that look alike differ")
    func equality() {
        let pairs = [
            ("caf\u{E9}", "cafe\u{301}"), ("K", "\u{212A}"), ("a\u{323}\u{307}", "a\u{307}\u{323}"),
        ]
        for (left, right) in pairs {
            #expect(left == right)
            let (name, other) = (CheckpointName(left), CheckpointName(right))
            #expect(name != other && other != name)
            #expect((name < other) != (other < name))
            #expect(Set([name, other, name]).count == 2)
            #expect(Optional(name) != Optional(other))
        }
    }

    @Test("Names are equal, precede and hash as their bytes do", arguments: Seeds.all)
    func order(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "a", "B", "9", "-", "_", ".", "\u{E9}", "e\u{301}", "\u{10FFFF}", "\0",
            "c-long-name-0123",
        ]
        let names = (0..<200).map { _ in
            CheckpointName(
                (0..<Int.random(in: 0...4, using: &random))
                    .map { _ in pieces.randomElement(using: &random) ?? "" }.joined())
        }
        for (left, right) in zip(names, names.shuffled(using: &random)) {
            let (bytes, others) = (Array(left.text.utf8), Array(right.text.utf8))
            #expect((left == right) == (bytes == others), "seed \(seed): \(left), \(right)")
            #expect((left < right) == bytes.lexicographicallyPrecedes(others), "seed \(seed)")
            #expect(bytes != others || left.hashValue == right.hashValue, "seed \(seed)")
        }
        #expect(Set(names).count == Set(names.map { Array($0.text.utf8) }).count, "seed \(seed)")
    }

    @Test("A name is encoded as its text alone, and as a key of an object")
    func codable() throws {
        let names: [CheckpointName?] = ["c1", nil, "a\"b"]
        let data = try JSONEncoder().encode(names)
        #expect(String(decoding: data, as: UTF8.self) == #"["c1",null,"a\"b"]"#)
        #expect(try JSONDecoder().decode([CheckpointName?].self, from: data) == names)
        let parents: [CheckpointName: CheckpointName] = ["c2": "c1"]
        let object = try JSONEncoder().encode(parents)
        #expect(String(decoding: object, as: UTF8.self) == #"{"c2":"c1"}"#)
        #expect(
            try JSONDecoder().decode([CheckpointName: CheckpointName].self, from: object) == parents
        )
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CheckpointName].self, from: Data("[7]".utf8))
        }
    }

    @Test(
        "Libvirt's names are accepted",
        arguments: [
            "c", "1", "_", "-", "-x", "--", "_a.b", "a..b", "a.", "a.xml", "a.xml.new",
            "1700000000", "AZaz09_-.", "checkpoint-of-2026-11-23",
        ])
    func validNames(name: String) {
        #expect(CheckpointName.fault(in: name) == nil)
        #expect(CheckpointName.isValid(name))
    }

    @Test(
        "What libvirt's schema refuses is refused, with the first refused character",
        arguments: [
            (".", ".", true), ("..", ".", true), (".a", ".", true), ("/", "/", true),
            ("a/b", "/", false), ("../a", ".", true), (" ", " ", true), ("a b", " ", false),
            ("a ", " ", false), ("a\n", "\n", false), ("a\r\nb", "\r\n", false),
            ("a\tb", "\t", false), ("a\0b", "\0", false), ("a:b/c", ":", false),
            ("%s", "%", true), ("a%s", "%", false), ("a'b", "'", false), ("a@b", "@", false),
            ("a[b", "[", false), ("a`b", "`", false), ("a{b", "{", false), ("a,b", ",", false),
        ] as [(String, Character, Bool)])
    func refusedCharacters(name: String, character: Character, first: Bool) {
        #expect(CheckpointName.fault(in: name) == .character(character, first: first))
        #expect(!CheckpointName.isValid(name))
    }

    @Test(
        "A character outside ASCII is refused, also where Swift calls it equal to a letter",
        arguments: [
            ("é", "é", true), ("aé", "é", false), ("ae\u{301}", "e\u{301}", false),
            ("\u{212A}", "\u{212A}", true), ("a\u{212A}", "\u{212A}", false),
            ("a.\u{308}", ".\u{308}", false), ("a١", "١", false), ("ａ", "ａ", true),
            ("名", "名", true), ("a\u{200B}", "\u{200B}", false), ("c1🙂", "🙂", false),
        ] as [(String, Character, Bool)])
    func otherScripts(name: String, character: Character, first: Bool) {
        #expect(CheckpointName.fault(in: name) == .character(character, first: first))
    }

    @Test("A name without characters is empty")
    func emptyName() {
        #expect(CheckpointName.fault(in: "") == .empty)
        #expect(!CheckpointName.isValid(""))
    }

    @Test(
        "247 bytes are the most that a name may have",
        arguments: [(1, true), (246, true), (247, true), (248, false), (255, false), (9999, false)])
    func lengths(bytes: Int, isValid: Bool) {
        let name = String(repeating: "x", count: bytes)
        #expect(CheckpointName.fault(in: name) == (isValid ? nil : .tooLong(bytes: bytes)))
    }

    @Test("An invalid character is reported before the length")
    func characterBeforeLength() {
        let name = String(repeating: "x", count: 300) + "/"
        #expect(CheckpointName.fault(in: name) == .character("/", first: false))
    }

    @Test("A substring is valid under the same rules as a string")
    func substrings() {
        #expect(CheckpointName.isValid("c1/c2".prefix(2)))
        #expect(CheckpointName.fault(in: "c1/c2".prefix(3)) == .character("/", first: false))
    }

    @Test(
        "A fault ends a sentence that begins with \"the name\"",
        arguments: [
            (CheckpointName.Fault.empty, "is empty"),
            (.tooLong(bytes: 248), "has 248 bytes, and 247 are allowed"),
        ])
    func descriptions(fault: CheckpointName.Fault, sentence: String) {
        #expect(fault.description == sentence)
    }

    @Test("The sentence shows a control character by its escape")
    func escapedCharacter() {
        let inside = CheckpointName.Fault.character("\n", first: false).description
        #expect(inside.hasPrefix(#"holds "\n"; allowed are"#))
        let first = CheckpointName.Fault.character(".", first: true).description
        #expect(first.hasPrefix(#"holds "." as its first character; allowed are"#))
    }
}
