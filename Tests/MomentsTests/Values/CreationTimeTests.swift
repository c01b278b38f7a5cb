import Foundation
import Moments
import Testing

struct CreationTimeTests {
    @Test(
        "A creation time is its seconds, whatever their number",
        arguments: [Int64.min, -1, 0, 1, 1_700_000_000, .max])
    func seconds(_ seconds: Int64) throws {
        let time = CreationTime(seconds: seconds)
        #expect(time.seconds == seconds)
        #expect("\(time)" == "\(seconds)")
        let data = try JSONEncoder().encode([time])
        #expect(String(decoding: data, as: UTF8.self) == "[\(seconds)]")
        #expect(try JSONDecoder().decode([CreationTime].self, from: data) == [time])
    }

    @Test("Anything but a whole number is no creation time", arguments: ["1.5", "\"7\"", "{}"])
    func undecodable(_ json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CreationTime].self, from: Data("[\(json)]".utf8))
        }
    }

    @Test("Literals are creation times, and earlier ones come first")
    func order() {
        let times: [CreationTime] = [3, -1, 2]
        #expect(times.sorted() == [-1, 2, 3])
        #expect(CreationTime(seconds: .min) < 0)
    }

    @Test(
        "A checkpoint that is made at a time has the seconds that have passed by then",
        arguments: [
            (0, 0), (999_999, 0), (1_000_000, 1), (-1, -1), (-1_000_000, -1), (-1_000_001, -2),
            (.max, 9_223_372_036_854), (.min, -9_223_372_036_855),
        ] as [(Int64, Int64)])
    func ofTimestamp(microseconds: Int64, seconds: Int64) {
        #expect(CreationTime(Timestamp(microseconds: microseconds)).seconds == seconds)
    }

    @Test("A time that has no timestamp has the nearest one")
    func timestamps() {
        #expect(Timestamp(CreationTime(seconds: 7)) == Timestamp(seconds: 7))
        #expect(Timestamp(CreationTime(seconds: .max)).microseconds == .max)
        #expect(Timestamp(CreationTime(seconds: .min)).microseconds == .min)
    }
}
