/// The UUID of a guest, which identifies it in the store.
///
/// Source: RFC 9562, and libvirt's looser reading of it
/// (<https://libvirt.org/formatdomain.html#general-metadata>), which lets the
/// hyphens be left out.
public struct DomainUUID: Sendable, Hashable {
    private var high: UInt64
    private var low: UInt64

    /// Creates a UUID from its 16 bytes as two words, the first byte in the highest place.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 hexadecimal digits of either case, with hyphens anywhere between
    /// pairs of them; returns nil for other text.
    public init?(_ text: some StringProtocol) {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            if byte == UInt8(ascii: "-") {
                guard digits.count < 32, digits.count.isMultiple(of: 2) else { return nil }
            } else {
                guard digits.count < 32 else { return nil }
                digits.append(byte)
            }
        }
        guard digits.count == 32,
            let bytes = Hexadecimal.bytes(String(decoding: digits, as: UTF8.self))
        else { return nil }
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension DomainUUID: CustomStringConvertible, Comparable {
    /// The UUID in RFC 9562's form: lower case, five groups.
    public var description: String {
        let bytes = [high, low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
            .map { Hexadecimal.text(bytes[$0]) }
            .joined(separator: "-")
    }

    /// Whether a UUID comes before another in the order of their bytes.
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
