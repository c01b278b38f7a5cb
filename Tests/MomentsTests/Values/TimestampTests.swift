import Moments
import TestSupport
import Testing

struct TimestampTests {
    @Test(
        "A moment is written as RFC 3339 and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1, "1970-01-01T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (-1_000_000, "1969-12-31T23:59:59.000000Z"),
            (-86_400_000_000, "1969-12-31T00:00:00.000000Z"),
            (951_782_399_000_000, "2000-02-28T23:59:59.000000Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (951_868_800_000_000, "2000-03-01T00:00:00.000000Z"),
            (1_709_164_800_000_000, "2024-02-29T00:00:00.000000Z"),
            (1_795_462_810_123_456, "2026-11-23T19:40:10.123456Z"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (-2_203_891_200_000_000, "1900-03-01T00:00:00.000000Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func bothWays(microseconds: Int64, text: String) {
        let moment = Timestamp(microseconds: microseconds)
        #expect(moment.description == text)
        #expect(Timestamp(rfc3339: text) == moment)
    }

    @Test(
        "A fraction is cut to the digits asked for, before 1970 as well",
        arguments: [
            (999_999, 0, "1970-01-01T00:00:00Z"), (999_999, 1, "1970-01-01T00:00:00.9Z"),
            (123_456, 3, "1970-01-01T00:00:00.123Z"), (5, 6, "1970-01-01T00:00:00.000005Z"),
            (5, 5, "1970-01-01T00:00:00.00000Z"), (-1, 0, "1969-12-31T23:59:59Z"),
            (-1, 2, "1969-12-31T23:59:59.99Z"),
        ] as [(Int64, Int, String)])
    func fractions(microseconds: Int64, digits: Int, text: String) {
        #expect(Timestamp(microseconds: microseconds).rfc3339(fractionDigits: digits) == text)
    }

    @Test(
        "Fewer digits of the fraction are read as if zeros followed",
        arguments: [
            ("1970-01-01T00:00:01Z", 1_000_000), ("1970-01-01T00:00:01.5Z", 1_500_000),
            ("1970-01-01T00:00:01.05Z", 1_050_000), ("1970-01-01T00:00:01.000001Z", 1_000_001),
            ("1969-12-31T23:59:59.5Z", -500_000),
        ] as [(String, Int64)])
    func shortFractions(text: String, microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(
        "A date or time that no calendar has is refused",
        arguments: [
            "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
            "2026-01-32T00:00:00Z", "2026-02-29T00:00:00Z", "2024-02-30T00:00:00Z",
            "2100-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
            "2026-06-31T00:00:00Z", "2026-09-31T00:00:00Z", "2026-11-31T00:00:00Z",
            "2026-99-99T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
        ])
    func impossible(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "Other text is refused",
        arguments: [
            "", "Z", "now", "2026-11-23", "2026-11-23T19:40Z", "2026-11-23T19:40:10",
            "2026-11-23 19:40:10Z", "2026-11-23T19:40:10.Z", "2026-11-23T19:40:10.1234567Z",
            "2026-11-23T19:40:10,5Z", "2026-11-23T19:40:10+01:00", "2026-11-23T19:40:10ZZ",
            " 2026-11-23T19:40:10Z", "2026-11-23T19:40:10Z\n", "-026-11-23T19:40:10Z",
            "+026-11-23T19:40:10Z", "2026-1a-23T19:40:10Z", "2026-11-23T19:40:10.-1Z",
            "2026/11/23T19:40:10Z", "2026-11-23T19.40.10Z", "２０２６-11-23T19:40:10Z",
            "10000-01-01T00:00:00Z",
        ])
    func refusals(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("The days of four centuries follow each other, each by the calendar's rule")
    func everyDay() {
        var (year, month, day) = (1_896, 1, 1)
        let start = Timestamp(rfc3339: "1896-01-01T00:00:00Z")?.microseconds ?? 0
        for number in 0..<146_097 {
            let moment = Timestamp(microseconds: start + Int64(number) * 86_400_000_000)
            let isLeapYear =
                year.isMultiple(of: 400) || (year.isMultiple(of: 4) && !year.isMultiple(of: 100))
            let days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            // One look in five days and at each end of a month is enough.
            if number.isMultiple(of: 5) || day == 1 || day == days[month - 1] {
                let date = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
                guard moment.rfc3339(fractionDigits: 0) == date + "T00:00:00Z" else {
                    Issue.record("day \(number) is \(moment), not \(date)")
                    return
                }
            }
            day += 1
            if day > days[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect((year, month, day) == (2_296, 1, 1))
    }

    @Test("Random times of the years 0 to 9999 are read back equal", arguments: Seeds.all)
    func roundTrip(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let microseconds = Int64.random(
                in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &generator)
            let moment = Timestamp(microseconds: microseconds)
            guard Timestamp(rfc3339: moment.description) == moment else {
                Issue.record("\(moment) (\(microseconds)) does not come back; seed \(seed)")
                return
            }
        }
    }

    @Test("Seconds become microseconds, clamped to their range")
    func seconds() {
        #expect(Timestamp(seconds: 0).microseconds == 0)
        #expect(Timestamp(seconds: 1_700_000_000).microseconds == 1_700_000_000_000_000)
        #expect(Timestamp(seconds: -1).microseconds == -1_000_000)
        #expect(Timestamp(seconds: .max).microseconds == .max)
        #expect(Timestamp(seconds: .min).microseconds == .min)
    }

    @Test("The limits of the range of microseconds are written correctly")
    func ends() {
        #expect(Timestamp(microseconds: .max).description == "294247-01-10T04:00:54.775807Z")
        #expect(Timestamp(microseconds: .min).description.hasSuffix("-12-21T19:59:05.224192Z"))
    }

    @Test("An earlier moment is less")
    func ordering() {
        #expect(Timestamp(microseconds: -2) < Timestamp(microseconds: -1))
        #expect(Timestamp(microseconds: -1) < Timestamp(microseconds: 1))
        #expect(!(Timestamp(microseconds: 1) < Timestamp(microseconds: 1)))
    }
}
