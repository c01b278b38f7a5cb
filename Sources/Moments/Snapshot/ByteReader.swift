/// Reads what a ``ByteWriter`` wrote; other bytes end with an error.
struct ByteReader {
    struct Malformed: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard place < bytes.count else { throw Malformed() }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func flag() throws(Malformed) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        default: throw Malformed()
        }
    }

    /// Reads a number of variable length.
    mutating func number() throws(Malformed) -> Int {
        var number: UInt = 0
        for shift in stride(from: UInt(0), to: 64, by: 7) {
            let byte = try byte()
            let bits = UInt(byte & 0x7F)
            guard shift < 63 || bits <= 1 else { throw Malformed() }
            number |= bits << shift
            guard byte < 0x80 else { continue }
            guard byte > 0 || shift == 0 else { throw Malformed() }
            return Int(bitPattern: number)
        }
        throw Malformed()
    }

    /// Reads the number of values that follow, each of at least a given size.
    mutating func count(ofSize size: Int = 1) throws(Malformed) -> Int {
        let number = try number()
        guard number >= 0, number <= (bytes.count - place) / size else { throw Malformed() }
        return number
    }

    mutating func index(below bound: Int) throws(Malformed) -> Int {
        let number = try number()
        guard number >= 0, number < bound else { throw Malformed() }
        return number
    }

    /// Reads the bytes of a text, which may be invalid UTF-8.
    mutating func utf8() throws(Malformed) -> Slice<UnsafeRawBufferPointer> {
        let count = try count()
        defer { place += count }
        return bytes[place..<place + count]
    }

    mutating func text() throws(Malformed) -> String { try Self.text(try utf8()) }

    static func text(_ utf8: Slice<UnsafeRawBufferPointer>) throws(Malformed) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else { throw Malformed() }
        return text
    }

    mutating func optionalText() throws(Malformed) -> String? { try flag() ? try text() : nil }

    mutating func digest() throws(Malformed) -> DefinitionDigest {
        guard bytes.count - place >= 32,
            let digest = DefinitionDigest(bytes: bytes[place..<place + 32])
        else { throw Malformed() }
        place += 32
        return digest
    }
}
