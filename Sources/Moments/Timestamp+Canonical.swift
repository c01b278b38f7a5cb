extension Timestamp {
    /// The number of bytes of ``description`` for the years 0 to 9999, the range of RFC 3339.
    package static let canonicalByteCount = 27

    /// The times that have a canonical form.
    package static let canonicalRange =
        Timestamp(
            microseconds: -62_167_219_200_000_000)...Timestamp(
            microseconds: 253_402_300_799_999_999)

    /// Reads exactly what ``description`` writes for a time in the years 0 to 9999, and returns nil
    /// for other bytes. It allocates nothing.
    package init?(canonical bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.canonicalByteCount,
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "."),
            bytes[26] == UInt8(ascii: "Z")
        else { return nil }
        var isNumeric = true
        func number(_ start: Int, _ count: Int) -> Int64 {
            var number: Int64 = 0
            for index in start..<start + count {
                let digit = bytes[index] &- UInt8(ascii: "0")
                isNumeric = isNumeric && digit < 10
                number = number * 10 + Int64(digit)
            }
            return number
        }
        let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2))
        let (hour, minute, second) = (number(11, 2), number(14, 2), number(17, 2))
        let fraction = number(20, 6)
        guard isNumeric, (1...12).contains(month), day >= 1,
            day <= Self.dayCount(year: year, month: month),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Self.daysSinceEpoch(year, month, day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    private static func dayCount(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2:
            year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
                ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
