import Moments
import Testing

struct HexadecimalTests {
    @Test(
        "Bytes become two lower-case digits each, and digits of either case bytes again",
        arguments: [
            ([], ""), ([0], "00"), ([0x0a], "0a"), ([0xa0], "a0"), ([0xff, 0x00], "ff00"),
            ([1, 2, 0x9f, 0xab, 0xcd, 0xef], "01029fabcdef"),
        ] as [([UInt8], String)])
    func bothWays(bytes: [UInt8], text: String) {
        #expect(Hexadecimal.text(bytes) == text)
        #expect(Hexadecimal.bytes(text) == bytes)
        #expect(Hexadecimal.bytes(text.uppercased()) == bytes)
    }

    @Test("Every byte is read back")
    func everyByte() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Hexadecimal.bytes(Hexadecimal.text(bytes)) == bytes)
    }

    @Test(
        "Other text is refused",
        arguments: ["0", "000", "0g", "/0", ":0", "@0", "G0", "`0", " 00", "0x00", "0é", "é"])
    func refusals(text: String) {
        #expect(Hexadecimal.bytes(text) == nil)
    }
}

struct DefinitionDigestTests {
    /// The SHA-256 of no bytes.
    static let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test("32 bytes and 64 digits of either case are the same digest")
    func forms() throws {
        let digest = try #require(DefinitionDigest(hexadecimal: Self.text))
        let bytes = try #require(Hexadecimal.bytes(Self.text))
        #expect(digest == DefinitionDigest(bytes: bytes))
        #expect(digest == DefinitionDigest(hexadecimal: Self.text.uppercased()))
        #expect(digest.bytes == bytes)
        #expect(digest.hexadecimal == Self.text)
        #expect(digest.description == Self.text)
    }

    @Test("Other lengths are refused", arguments: [0, 1, 31, 33, 64])
    func lengths(count: Int) {
        #expect(DefinitionDigest(bytes: [UInt8](repeating: 7, count: count)) == nil)
        #expect(DefinitionDigest(hexadecimal: String(repeating: "07", count: count)) == nil)
    }

    @Test("Other digits are refused")
    func digits() {
        #expect(DefinitionDigest(hexadecimal: Self.text.dropLast() + "g") == nil)
        #expect(DefinitionDigest(hexadecimal: Self.text.dropLast()) == nil)
    }

    @Test("A digest differs from another in any byte", arguments: 0..<32)
    func everyByteCounts(position: Int) throws {
        let bytes = (0..<32).map { UInt8($0) }
        var other = bytes
        other[position] ^= 0x80
        let digest = try #require(DefinitionDigest(bytes: bytes))
        #expect(digest != DefinitionDigest(bytes: other))
        #expect(digest == DefinitionDigest(bytes: bytes[...]))
        #expect(DefinitionDigest(bytes: other)?.bytes == other)
    }
}
