import Glibc
import Moments

/// The reason why bytes are not a canonical line.
struct LineProblem: Error {
    /// The first byte at fault, from 0.
    var offset: Int
    /// The key whose value was read last, if any.
    var key: StaticString?
    /// What was expected instead.
    var expected: StaticString
}

/// A cursor over a canonical line: it reads one part after the other, checks that each is written
/// as ``JSONText`` writes it, and allocates nothing.
struct LineReader {
    private let bytes: UnsafeRawBufferPointer
    /// The offset of the next byte.
    private(set) var offset = 0
    private var lastKey: StaticString?

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Returns the problem that the expected text is not here.
    func problem(_ expected: StaticString, at offset: Int? = nil) -> LineProblem {
        LineProblem(offset: offset ?? self.offset, key: lastKey, expected: expected)
    }
}

// MARK: - Literals

extension LineReader {
    /// Reads a literal if it is next.
    @inline(__always)
    mutating func pass(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard bytes.count - offset >= count, let start = bytes.baseAddress,
            memcmp(start + offset, literal.utf8Start, count) == 0
        else { return false }
        offset += count
        return true
    }

    /// Reads a literal.
    @inline(__always)
    mutating func expect(_ literal: StaticString) throws(LineProblem) {
        guard pass(literal) else { throw problem(literal) }
    }

    /// Reads the punctuation and the name of a member, such as `,"commit":`.
    @inline(__always)
    mutating func key(_ literal: StaticString) throws(LineProblem) {
        try expect(literal)
        lastKey = literal
    }

    /// As ``key(_:)``, for a member that may be omitted.
    @inline(__always)
    mutating func optionalKey(_ literal: StaticString) -> Bool {
        guard pass(literal) else { return false }
        lastKey = literal
        return true
    }

    /// Checks that nothing follows.
    func end() throws(LineProblem) {
        guard offset == bytes.count else { throw problem("the end of the line") }
    }

    /// Returns the bytes since an offset.
    func bytes(from start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
    }
}

// MARK: - Numbers

extension LineReader {
    /// Reads a number from 1.
    mutating func ordinal() throws(LineProblem) -> Int {
        let start = offset
        guard let number = magnitude().flatMap({ Int(exactly: $0) }), number > 0 else {
            throw problem("a number from 1", at: start)
        }
        return number
    }

    /// Reads a number, which may be negative.
    mutating func integer() throws(LineProblem) -> Int64 {
        let start = offset
        let isNegative = pass("-")
        guard let magnitude = magnitude() else { throw problem("a whole number", at: start) }
        if !isNegative, let number = Int64(exactly: magnitude) { return number }
        if isNegative, (1...Int64.min.magnitude).contains(magnitude) {
            return Int64(truncatingIfNeeded: 0 &- magnitude)
        }
        throw problem("a whole number", at: start)
    }

    /// Reads a number that fits into 32 bits.
    mutating func word() throws(LineProblem) -> UInt32 {
        let start = offset
        guard let number = magnitude().flatMap({ UInt32(exactly: $0) }) else {
            throw problem("a number below 2^32", at: start)
        }
        return number
    }

    /// Reads a count, from 0.
    mutating func size() throws(LineProblem) -> Int {
        let start = offset
        guard let number = magnitude().flatMap({ Int(exactly: $0) }) else {
            throw problem("a number from 0", at: start)
        }
        return number
    }

    /// Reads digits without leading zeros; returns nil if there are none, or too many.
    private mutating func magnitude() -> UInt64? {
        let start = offset
        var number: UInt64 = 0
        while offset < bytes.count {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            // Nineteen digits always fit; with more, none can be canonical for an `Int64`.
            guard offset - start < 19 else { return nil }
            number = number &* 10 &+ UInt64(digit)
            offset += 1
        }
        let count = offset - start
        guard count == 1 || (count > 1 && bytes[start] != UInt8(ascii: "0")) else { return nil }
        return number
    }

    /// Reads true or false.
    mutating func flag() throws(LineProblem) -> Bool {
        if pass("true") { return true }
        guard pass("false") else { throw problem("true or false") }
        return false
    }
}

// MARK: - Texts

extension LineReader {
    /// Reads a text in quotation marks that is one of several words.
    mutating func word<Value>(
        of words: LineWords<Value>, _ expected: StaticString
    ) throws(LineProblem) -> Value {
        let start = offset
        guard let value = words.value(try text()) else { throw problem(expected, at: start) }
        return value
    }

    /// Reads a text in quotation marks, or null.
    @inline(__always)
    mutating func optionalText() throws(LineProblem) -> LineText? {
        if pass("null") { return nil }
        return try text()
    }

    /// Reads a text in quotation marks.
    mutating func text() throws(LineProblem) -> LineText {
        guard pass("\"") else { throw problem("a text in quotation marks") }
        let start = offset
        var position = offset
        var hasEscapes = false
        while true {
            position = plainEnd(from: position)
            guard position < bytes.count else { throw problem("a quotation mark", at: position) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                offset = position + 1
                return LineText(
                    bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<position]),
                    hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                guard let length = escapeLength(at: position) else {
                    throw problem("a canonical escape", at: position)
                }
                position += length
            case 0x80...:
                guard let length = scalarLength(at: position) else {
                    throw problem("valid UTF-8", at: position)
                }
                position += length
            default: throw problem("no unescaped control character", at: position)
            }
        }
    }

    /// Returns the offset of the first byte that is not a plain ASCII character of a text: a
    /// quotation mark, a backslash, a control character, or a byte above 0x7F.
    @inline(__always)
    private func plainEnd(from start: Int) -> Int {
        var position = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        // Eight bytes at a time. Of the marks that this sets, the lowest is always right; a borrow
        // can set others above it only.
        while bytes.count - position >= 8 {
            let word = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let marks =
                ((quote &- ones) & ~quote)
                | ((backslash &- ones) & ~backslash)
                | ((word &- (ones &* 0x20)) & ~word)
                | word
            let found = marks & (ones &* 0x80)
            if found != 0 { return position + found.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"")
                || byte == UInt8(ascii: "\\")
            {
                return position
            }
            position += 1
        }
        return position
    }

    /// Returns the length of the canonical escape at an offset; nil if there is none.
    private func escapeLength(at position: Int) -> Int? {
        guard bytes.count - position >= 2 else { return nil }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "t"),
            UInt8(ascii: "n"), UInt8(ascii: "f"), UInt8(ascii: "r"):
            return 2
        case UInt8(ascii: "u"):
            guard bytes.count - position >= 6, bytes[position + 2] == UInt8(ascii: "0"),
                bytes[position + 3] == UInt8(ascii: "0")
            else { return nil }
            switch (bytes[position + 4], bytes[position + 5]) {
            // Those below U+0010 that have no escape of one letter.
            case (UInt8(ascii: "0"), UInt8(ascii: "0")...UInt8(ascii: "7")),
                (UInt8(ascii: "0"), UInt8(ascii: "b")),
                (UInt8(ascii: "0"), UInt8(ascii: "e")...UInt8(ascii: "f")),
                (UInt8(ascii: "1"), UInt8(ascii: "0")...UInt8(ascii: "9")),
                (UInt8(ascii: "1"), UInt8(ascii: "a")...UInt8(ascii: "f")):
                return 6
            default: return nil
            }
        default: return nil
        }
    }

    /// Returns the number of bytes of the non-ASCII Unicode scalar at an offset; nil if it is not
    /// valid UTF-8.
    ///
    /// Source: The Unicode Standard, 3.9, table 3-7.
    private func scalarLength(at position: Int) -> Int? {
        let first = bytes[position]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard bytes.count - position >= length, second.contains(bytes[position + 1]) else {
            return nil
        }
        for index in position + 2..<position + length where bytes[index] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }
}

// MARK: - Times, digests and UUIDs

extension LineReader {
    /// Reads a time in quotation marks.
    mutating func time() throws(LineProblem) -> Timestamp {
        let start = offset
        let count = Timestamp.canonicalByteCount
        if pass("\""), bytes.count - offset > count,
            let time = Timestamp(
                canonical: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
        {
            offset += count
            if pass("\"") { return time }
        }
        throw problem("a time such as \"2026-11-23T19:40:10.000000Z\"", at: start)
    }

    /// Reads a SHA-256 digest in quotation marks.
    mutating func digest() throws(LineProblem) -> DefinitionDigest {
        let start = offset
        if pass("\""), let first = sixteenDigits(at: offset),
            let second = sixteenDigits(at: offset + 16),
            let third = sixteenDigits(at: offset + 32), let fourth = sixteenDigits(at: offset + 48)
        {
            offset += 64
            if pass("\"") { return DefinitionDigest(words: (first, second, third, fourth)) }
        }
        throw problem("64 lower-case hexadecimal digits in quotation marks", at: start)
    }

    /// Reads a SHA-256 digest in quotation marks, or null.
    mutating func optionalDigest() throws(LineProblem) -> DefinitionDigest? {
        if pass("null") { return nil }
        return try digest()
    }

    /// Reads a UUID in quotation marks, or null.
    mutating func optionalUUID() throws(LineProblem) -> DomainUUID? {
        if pass("null") { return nil }
        let start = offset
        if pass("\""), bytes.count - offset > 36,
            bytes[offset + 8] == UInt8(ascii: "-"), bytes[offset + 13] == UInt8(ascii: "-"),
            bytes[offset + 18] == UInt8(ascii: "-"), bytes[offset + 23] == UInt8(ascii: "-"),
            let first = digits(word(at: offset)),
            let second = digits(half(at: offset + 9) | half(at: offset + 14) << 32),
            let third = digits(half(at: offset + 19) | half(at: offset + 24) << 32),
            let fourth = digits(word(at: offset + 28))
        {
            offset += 36
            if pass("\"") {
                return DomainUUID(high: first << 32 | second, low: third << 32 | fourth)
            }
        }
        throw problem("a UUID in lower case in quotation marks, or null", at: start)
    }

    /// Returns the number of sixteen hexadecimal digits at an offset.
    @inline(__always)
    private func sixteenDigits(at position: Int) -> UInt64? {
        guard bytes.count - position >= 16, let high = digits(word(at: position)),
            let low = digits(word(at: position + 8))
        else { return nil }
        return high << 32 | low
    }

    private func word(at position: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    private func half(at position: Int) -> UInt64 {
        UInt64(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
    }

    /// Returns the number of eight lower-case hexadecimal digits, the first of which is the lowest
    /// byte of a word; nil for other bytes.
    @inline(__always)
    private func digits(_ word: UInt64) -> UInt64? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // Letters have bit 6 set, and `a` has the low bits of 1.
        let values = (word & (ones &* 0x0F)) &+ ((word >> 6) & ones) &* 9
        let letters = ((values &+ ones &* 0x76) >> 7) & ones
        guard values & (ones &* 0xF0) == 0, values &+ ones &* 0x30 &+ letters &* 0x27 == word
        else { return nil }
        var number = ((values << 4) | (values >> 8)) & 0x00FF_00FF_00FF_00FF
        number = (number | number >> 8) & 0x0000_FFFF_0000_FFFF
        number = number | number >> 16
        return UInt64(UInt32(truncatingIfNeeded: number).byteSwapped)
    }
}
