import Foundation
import Momentlog
import Moments
import Testing

struct CreationTimeDateTests {
    @Test(
        "A checkpoint that is made at a date has the seconds that have passed by then",
        arguments: [
            (0, 0), (1_700_000_000.999, 1_700_000_000), (-0.5, -1), (.infinity, .max),
            (-.infinity, .min), (1e300, .max), (-1e300, .min),
        ] as [(Double, Int64)])
    func ofDate(interval: Double, seconds: Int64) {
        #expect(CreationTime(Date(timeIntervalSince1970: interval)).seconds == seconds)
    }

    @Test("A date that is no number traps nothing")
    func noNumber() {
        #expect(CreationTime(Date(timeIntervalSince1970: .nan)).seconds == .max)
    }

    @Test("A creation time has its date", arguments: [Int64(0), 1_700_000_000, -5])
    func date(seconds: Int64) {
        let date = CreationTime(seconds: seconds).date
        #expect(date == Date(timeIntervalSince1970: Double(seconds)))
        #expect(CreationTime(date).seconds == seconds)
    }
}
