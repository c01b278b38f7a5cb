import TestSupport
import Testing

@testable import Moments

struct CanonicalTimestampTests {
    private static func time(_ text: String) -> Timestamp? {
        Array(text.utf8).withUnsafeBytes { Timestamp(canonical: $0) }
    }

    @Test("A random time of the years 0 to 9999 is read from its description")
    func roundTrip() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("CanonicalTimestampTests: seed \(seed)")
        var random = SplitMix64(seed: seed)
        let range = Timestamp.canonicalRange
        let moments = range.lowerBound.microseconds...range.upperBound.microseconds
        for microseconds in [moments.lowerBound, moments.upperBound]
            + (0..<20_000).map({ _ in Int64.random(in: moments, using: &random) })
        {
            let time = Timestamp(microseconds: microseconds)
            #expect(Self.time(time.description) == time, "seed \(seed)")
        }
    }

    @Test("Every day of a year exists exactly if the other reader accepts it")
    func days() {
        for year in ["0000", "1900", "2000", "2023", "2024", "9999"] {
            for month in 0...13 {
                for day in 0...32 {
                    let twoDigits = { (number: Int) in (number < 10 ? "0" : "") + String(number) }
                    let text = "\(year)-\(twoDigits(month))-\(twoDigits(day))T01:02:03.000004Z"
                    #expect(Self.time(text) == Timestamp(rfc3339: text), "\(text)")
                }
            }
        }
    }

    @Test(
        "Other forms of a time are not read",
        arguments: [
            "", "2026-11-23T19:40:10Z", "2026-11-23T19:40:10.00000Z",
            "2026-11-23T19:40:10.0000000Z", "2026-11-23t19:40:10.000000Z",
            "2026-11-23T19:40:10.000000z", "2026-11-23T24:40:10.000000Z",
            "2026-11-23T19:60:10.000000Z", "2026-11-23T19:40:60.000000Z",
            "2026-11-2:T19:40:10.000000Z", "2026-11-23T19:40:10.00000/Z",
            "-026-11-23T19:40:10.000000Z", "12026-11-23T19:40:10.00000Z",
        ])
    func otherForms(text: String) {
        #expect(Self.time(text) == nil)
    }
}
