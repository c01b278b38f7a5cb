#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A place in a line that is compared, piece by piece, with what it should be.
///
/// It makes no copies: the bytes live elsewhere as long as it is used.
package struct LineCursor {
    private let line: UnsafeRawBufferPointer
    package private(set) var place = 0

    package init(_ line: UnsafeRawBufferPointer) { self.line = line }

    /// Whether all was compared.
    package var isAtEnd: Bool { place == line.count }

    /// Passes bytes if they stand here.
    package mutating func pass(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let expected = bytes.baseAddress else { return true }
        guard let start = line.baseAddress, line.count - place >= bytes.count,
            memcmp(start + place, expected, bytes.count) == 0
        else { return false }
        place += bytes.count
        return true
    }

    package mutating func pass(_ text: StaticString) -> Bool {
        pass(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func pass(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { pass($0) } }

    /// Passes a number in decimal.
    package mutating func pass(_ number: Int64) -> Bool {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        return withUnsafeMutableBytes(of: &digits) { digits in
            var rest = number.magnitude
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            return pass(UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Passes a text in quotation marks, or null, as the canonical line has it.
    package mutating func pass(quoted text: UnsafeRawBufferPointer?) -> Bool {
        guard let text else { return pass("null") }
        guard text.contains(where: Self.needsEscape) else {
            return pass("\"") && pass(text) && pass("\"")
        }
        var json = JSONText()
        json.value(String(decoding: text, as: UTF8.self))
        return pass(json.bytes)
    }

    /// Passes all up to a mark, which has to come.
    package mutating func skip(to mark: UInt8) -> Bool {
        guard let end = line[place...].firstIndex(of: mark) else { return false }
        place = end
        return true
    }

    /// Passes so many bytes, whatever they are, and hands them over.
    package mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard line.count - place >= count else { return nil }
        defer { place += count }
        return UnsafeRawBufferPointer(rebasing: line[place..<place + count])
    }

    /// Passes a quoted text of any content, in its canonical form.
    package mutating func passAnyQuoted() -> Bool {
        guard pass("\"") else { return false }
        let start = place - 1
        while place < line.count {
            switch line[place] {
            case UInt8(ascii: "\""):
                place += 1
                return isCanonical(line[start..<place])
            case UInt8(ascii: "\\"): place += 2
            default: place += 1
            }
        }
        return false
    }

    /// Whether a quoted text is one that is written so.
    private func isCanonical(_ quoted: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard quoted.dropFirst().dropLast().contains(where: Self.needsEscape) else { return true }
        guard let text = JSONText.unquoted(UnsafeRawBufferPointer(rebasing: quoted)) else {
            return false
        }
        var json = JSONText()
        json.value(text)
        return quoted.elementsEqual(json.bytes)
    }

    /// Whether the bytes of two buffers of one length are the same.
    package static func isSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer)
        -> Bool
    {
        guard let one = left.baseAddress, let other = right.baseAddress else { return true }
        return memcmp(one, other, left.count) == 0
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
