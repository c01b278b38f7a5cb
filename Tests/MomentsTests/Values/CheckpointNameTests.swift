import Moments
import Testing

struct CheckpointNameTests {
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
