/// A date, or a date and time of day, taken apart: RFC 3339 with what people leave out.
///
/// Source: RFC 3339, 5.6 (<https://www.rfc-editor.org/rfc/rfc3339#section-5.6>).
struct WrittenTime {
    private let day: (year: Int64, month: Int64, day: Int64)
    private var hour: Int64 = 0
    private var minute: Int64 = 0
    private var second: Int64 = 0
    private var microsecond: Int64 = 0

    /// How many seconds the clock is ahead of UTC, if it was written.
    private(set) var offset: Int64?

    /// Takes a text apart; returns nil for one of another form.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard let year = Self.number(&rest, 4), Self.skip(&rest, "-"),
            let month = Self.number(&rest, 2), Self.skip(&rest, "-"),
            let day = Self.number(&rest, 2)
        else { return nil }
        self.day = (year, month, day)
        guard !rest.isEmpty else { return }
        guard Self.skip(&rest, "T") || Self.skip(&rest, "t") || Self.skip(&rest, " "),
            let hour = Self.number(&rest, 2), Self.skip(&rest, ":"),
            let minute = Self.number(&rest, 2)
        else { return nil }
        (self.hour, self.minute) = (hour, minute)
        if Self.skip(&rest, ":") {
            guard let second = Self.number(&rest, 2) else { return nil }
            self.second = second
            if Self.skip(&rest, ".") {
                guard let fraction = Self.fraction(&rest) else { return nil }
                microsecond = fraction
            }
        }
        guard takeOffset(&rest), rest.isEmpty else { return nil }
    }

    /// What the clock showed, as a clock in UTC would; nil for what none shows.
    var wallClock: Timestamp? {
        guard hour < 24, minute < 60, second < 60, abs(offset ?? 0) < 86_400,
            let start = Timestamp(year: day.year, month: day.month, day: day.day)
        else { return nil }
        let seconds = hour * 3_600 + minute * 60 + second
        return Timestamp(microseconds: start.microseconds + seconds * 1_000_000 + microsecond)
    }

    /// `Z`, or hours and minutes with a sign, as tables print them, too: ` +0100`.
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

    /// The digits of a second's fraction; those behind the sixth are cut.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        let kept = digits.prefix(6)
        let number = kept.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return (kept.count..<6).reduce(number) { number, _ in number * 10 }
    }
}
