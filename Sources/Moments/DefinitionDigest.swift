/// The SHA-256 digest of a domain definition's bytes: its identity in the store.
///
/// This module computes no digests; the modules that hold the bytes do.
public struct DefinitionDigest: Sendable, Hashable {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// Creates a digest from its 32 bytes as four words, the first byte in the highest
    /// place.
    package init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// Creates a digest from its 32 bytes, or returns nil if there are not 32.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (offset, byte) in bytes.enumerated() {
            words[offset / 8] = words[offset / 8] << 8 | UInt64(byte)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// Creates a digest from 64 hexadecimal digits, or returns nil for other text.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.bytes(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes of the digest.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public var hexadecimal: String { Hexadecimal.text(bytes) }

    /// Whether two digests are the same.
    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    /// Feeds the digest to a hasher.
    public func hash(into hasher: inout Hasher) {
        // A quarter of a SHA-256 is as good a hash as the whole.
        hasher.combine(words.0)
    }
}

extension DefinitionDigest: CustomStringConvertible {
    /// The digest as 64 lower-case hexadecimal digits.
    public var description: String { hexadecimal }
}
