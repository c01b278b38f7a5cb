import Glibc
package import Moments

/// A text in a canonical line: a slice of the line's bytes, valid as long as they are.
///
/// The bytes are known to be UTF-8 with canonical escapes. Since a text has only one canonical
/// form, two texts are equal, byte by byte, exactly if their slices are.
package struct LineText {
    /// The bytes between the quotation marks, escapes included.
    package let bytes: UnsafeRawBufferPointer

    /// Whether ``bytes`` contains escapes.
    package let hasEscapes: Bool

    init(bytes: UnsafeRawBufferPointer, hasEscapes: Bool) {
        self.bytes = bytes
        self.hasEscapes = hasEscapes
    }

    /// The text as a newly allocated string.
    ///
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    package var string: String {
        guard hasEscapes else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: Array(unescaped), as: UTF8.self)
    }

    /// The text as the name of a checkpoint, newly allocated.
    ///
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    package var checkpointName: CheckpointName { CheckpointName(string) }

    /// Returns whether the text has the same bytes as a string. It allocates nothing.
    ///
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    package func hasSameBytes(as string: String) -> Bool {
        if hasEscapes { return string.utf8.elementsEqual(unescaped) }
        guard string.utf8.count == bytes.count else { return false }
        var string = string
        return string.withUTF8 { Self.isSame(bytes, UnsafeRawBufferPointer($0)) }
    }

    /// The text's UTF-8 without escapes.
    private var unescaped: UnescapedText { UnescapedText(bytes: bytes) }

    /// Returns whether two buffers of one length have the same bytes.
    private static func isSame(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Bool {
        guard let one = left.baseAddress, let other = right.baseAddress else { return true }
        return memcmp(one, other, left.count) == 0
    }
}

extension LineText: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.bytes.count == right.bytes.count && isSame(left.bytes, right.bytes)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes: bytes) }
}

/// The UTF-8 of a text with canonical escapes.
private struct UnescapedText: Sequence, IteratorProtocol {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> UInt8? {
        guard let byte = read() else { return nil }
        guard byte == UInt8(ascii: "\\"), let mark = read() else { return byte }
        switch mark {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "u"):
            // `00`, then two lower-case hexadecimal digits of a control character.
            position += 2
            guard let high = read(), let low = read() else { return nil }
            return (high & 1) << 4 | (low < UInt8(ascii: "a") ? low & 15 : low &- 87)
        default: return mark
        }
    }

    private mutating func read() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }
}
