/// A point in time in microseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since the epoch.
    public var microseconds: Int64

    /// Creates the time that many microseconds after the epoch.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Creates the time that many seconds after the epoch, clamped to the range of microseconds
    /// (about 292 000 years on either side).
    public init(seconds: Int64) {
        let (value, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        microseconds = overflow ? (seconds < 0 ? .min : .max) : value
    }

    /// Returns whether a time is before another.
    public static func < (left: Self, right: Self) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// The time as RFC 3339 in UTC with six digits of the second, such as
    /// `2026-11-23T19:40:10.000000Z`.
    public var description: String { rfc3339(fractionDigits: 6) }

    /// Returns the time as RFC 3339 in UTC.
    ///
    /// - Parameter fractionDigits: The number of digits of the second's fraction, 0 to 6; further
    ///   digits are truncated.
    public func rfc3339(fractionDigits: Int) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(32)
        append(to: &text, fractionDigits: fractionDigits)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends ``description`` to a text in UTF-8.
    package func appendRFC3339(to text: inout [UInt8]) { append(to: &text, fractionDigits: 6) }

    private func append(to text: inout [UInt8], fractionDigits: Int) {
        let (seconds, fraction) = microseconds.flooredQuotientAndRemainder(by: 1_000_000)
        let (days, second) = seconds.flooredQuotientAndRemainder(by: 86_400)
        let (year, month, day) = Self.civil(daysSinceEpoch: days)
        func add(_ number: Int64, _ width: Int, _ mark: Unicode.Scalar) {
            Self.append(number, width, to: &text)
            text.append(UInt8(ascii: mark))
        }
        add(year, 4, "-")
        add(month, 2, "-")
        add(day, 2, "T")
        add(second / 3600, 2, ":")
        add(second / 60 % 60, 2, ":")
        Self.append(second % 60, 2, to: &text)
        if fractionDigits > 0 {
            text.append(UInt8(ascii: "."))
            Self.append(fraction, 6, to: &text)
            text.removeLast(max(0, 6 - fractionDigits))
        }
        text.append(UInt8(ascii: "Z"))
    }

    /// Reads RFC 3339 in UTC, with up to six digits of the second's fraction, such as
    /// ``description`` writes; returns nil for other text.
    ///
    /// Source: RFC 3339, 5.6 (<https://www.rfc-editor.org/rfc/rfc3339#section-5.6>).
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            bytes[range].reduce(Int64?.some(0)) { number, byte in
                guard let number, (0x30...0x39).contains(byte) else { return nil }
                return number * 10 + Int64(byte - 0x30)
            }
        }
        let marks: [(Int, Unicode.Scalar)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
        guard bytes.count >= 20, marks.allSatisfy({ bytes[$0] == UInt8(ascii: $1) }),
            bytes.last == UInt8(ascii: "Z"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let digits = bytes.count - 21
            guard bytes[19] == UInt8(ascii: "."), (1...6).contains(digits),
                let value = number(20..<20 + digits)
            else { return nil }
            fraction = (digits..<6).reduce(value) { value, _ in value * 10 }
        }
        guard let start = Timestamp(year: year, month: month, day: day) else { return nil }
        let seconds = hour * 3600 + minute * 60 + second
        self.init(microseconds: start.microseconds + seconds * 1_000_000 + fraction)
    }

    /// The first microsecond of a date in UTC, the year being one of four digits; nil for a date
    /// that does not exist.
    init?(year: Int64, month: Int64, day: Int64) {
        let days = Self.daysSinceEpoch(year, month, day)
        guard Self.civil(daysSinceEpoch: days) == (year, month, day) else { return nil }
        self.init(microseconds: days * 86_400 * 1_000_000)
    }

    /// Returns the day of a Gregorian date; for an impossible date, some other day.
    ///
    /// Source: Howard Hinnant, `days_from_civil`, as below.
    static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredQuotientAndRemainder(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Appends a number, padded with zeros to a width.
    private static func append(_ number: Int64, _ width: Int, to text: inout [UInt8]) {
        guard number >= 0, width <= 6, number < 1_000_000 else {
            let digits = String(number).utf8
            for _ in 0..<max(0, width - digits.count) { text.append(UInt8(ascii: "0")) }
            return text.append(contentsOf: digits)
        }
        var divisor: Int64 = 100_000
        for place in (1...6).reversed() {
            if place <= width || number >= divisor {
                text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            }
            divisor /= 10
        }
    }

    /// Returns the Gregorian date of a day.
    ///
    /// Source: Howard Hinnant, `civil_from_days`, in "chrono-Compatible Low-Level
    /// Date Algorithms" (<https://howardhinnant.github.io/date_algorithms.html>).
    static func civil(daysSinceEpoch days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
