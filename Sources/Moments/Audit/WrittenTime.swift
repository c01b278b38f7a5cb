/// The components of a date, a time of day, or both: RFC 3339 with optional parts, and `today` and
/// `yesterday` for dates.
///
/// Source: RFC 3339, 5.6 (<https://www.rfc-editor.org/rfc/rfc3339#section-5.6>).
struct WrittenTime {
    private enum Day {
        case date(year: Int64, month: Int64, day: Int64)
        case daysAgo(Int64)
    }

    private let day: Day
    /// Whether a time of day is given.
    private(set) var hasTimeOfDay = false
    private var hour: Int64 = 0
    private var minute: Int64 = 0
    private var second: Int64 = 0
    private var microsecond: Int64 = 0

    /// The offset from UTC in seconds, if one is given.
    private(set) var offset: Int64?

    /// Parses a text; returns nil for other forms.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        let isDated: Bool
        if Self.skip(&rest, word: "today") {
            (day, isDated) = (.daysAgo(0), false)
        } else if Self.skip(&rest, word: "yesterday") {
            (day, isDated) = (.daysAgo(1), false)
        } else if rest.dropFirst(2).first == UInt8(ascii: ":") {
            (day, isDated) = (.daysAgo(0), false)
            rest = ArraySlice([UInt8(ascii: " ")] + rest)
        } else {
            guard let year = Self.number(&rest, 4), Self.skip(&rest, "-"),
                let month = Self.number(&rest, 2), Self.skip(&rest, "-"),
                let day = Self.number(&rest, 2)
            else { return nil }
            (self.day, isDated) = (.date(year: year, month: month, day: day), true)
        }
        guard !rest.isEmpty else { return }
        let isTime = isDated && (Self.skip(&rest, "T") || Self.skip(&rest, "t"))
        guard isTime || Self.skip(&rest, " "), readTimeOfDay(&rest) else { return nil }
        // The time zone whose today is meant would be ambiguous.
        guard isDated ? takeOffset(&rest) : true, rest.isEmpty else { return nil }
        hasTimeOfDay = true
    }

    private mutating func readTimeOfDay(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let hour = Self.number(&rest, 2), Self.skip(&rest, ":"),
            let minute = Self.number(&rest, 2)
        else { return false }
        (self.hour, self.minute) = (hour, minute)
        if Self.skip(&rest, ":") {
            guard let second = Self.number(&rest, 2) else { return false }
            self.second = second
            if Self.skip(&rest, ".") {
                guard let fraction = Self.fraction(&rest) else { return false }
                microsecond = fraction
            }
        }
        return true
    }

    /// What the clock showed, as a clock in UTC would; nil for what none shows.
    ///
    /// - Parameter today: The first moment of today, in the same form.
    func wallClock(today: Timestamp) -> Timestamp? {
        let start =
            switch day {
            case .date(let year, let month, let day):
                Timestamp(year: year, month: month, day: day)
            case .daysAgo(let count): Timestamp?.some(today.advanced(bySeconds: -86_400 * count))
            }
        guard hour < 24, minute < 60, second < 60, abs(offset ?? 0) < 86_400, let start else {
            return nil
        }
        let seconds = hour * 3_600 + minute * 60 + second
        return Timestamp(microseconds: start.microseconds + seconds * 1_000_000 + microsecond)
    }

    /// Parses `Z`, or hours and minutes with a sign, also in the form of tables: ` +0100`.
    private mutating func takeOffset(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if Self.skip(&rest, "Z") || Self.skip(&rest, "z") {
            offset = 0
            return true
        }
        guard !rest.isEmpty else { return true }
        _ = Self.skip(&rest, " ")
        let isBehind = Self.skip(&rest, "-")
        guard isBehind || Self.skip(&rest, "+"), let hours = Self.number(&rest, 2) else {
            return false
        }
        _ = Self.skip(&rest, ":")
        guard let minutes = Self.number(&rest, 2), minutes < 60 else { return false }
        let seconds = hours * 3_600 + minutes * 60
        offset = isBehind ? -seconds : seconds
        return true
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>, _ mark: Unicode.Scalar) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: mark) else { return false }
        rest.removeFirst()
        return true
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>, word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest.removeFirst(word.utf8.count)
        return true
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ digits: Int) -> Int64? {
        guard rest.count >= digits else { return nil }
        var number: Int64 = 0
        for byte in rest.prefix(digits) {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        rest.removeFirst(digits)
        return number
    }

    /// Returns the digits of a second's fraction; those after the sixth are truncated.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        let kept = digits.prefix(6)
        let number = kept.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return (kept.count..<6).reduce(number) { number, _ in number * 10 }
    }
}
