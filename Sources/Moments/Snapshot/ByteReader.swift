/// Reads what a ``ByteWriter`` wrote; whatever else the bytes are, it ends with an error.
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

    mutating func number() throws(Malformed) -> Int {
        var number: UInt = 0
        for shift in stride(from: UInt(0), to: 64, by: 7) {
            let byte = try byte()
            let bits = UInt(byte & 0x7F)
            guard shift < 63 || bits <= 1 else { throw Malformed() }
            number |= bits << shift
            if byte < 0x80 { return Int(bitPattern: number) }
        }
        throw Malformed()
    }

    /// A number that counts what follows, each in one byte at least, or less than a bound.
    mutating func count() throws(Malformed) -> Int {
        let number = try number()
        guard number >= 0, number <= bytes.count - place else { throw Malformed() }
        return number
    }

    mutating func index(below bound: Int) throws(Malformed) -> Int {
        let number = try number()
        guard number >= 0, number < bound else { throw Malformed() }
        return number
    }

    mutating func text() throws(Malformed) -> String {
        let count = try count()
        let utf8 = bytes[place..<place + count]
        place += count
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
