import Moments
import Testing

struct WhenTests {
    /// 2026-11-24T20:00:00Z.
    private static let now = Timestamp(seconds: 1_795_550_400)

    /// One hour ahead of UTC; two from 2026-03-29T01:00:00Z to 2026-10-25T01:00:00Z.
    private static let berlin = ZoneRules { second in
        (1_774_746_000..<1_792_890_000).contains(second) ? 7_200 : 3_600
    }

    private func time(_ text: String, _ zone: ZoneRules = .utc) throws -> String {
        try When(text, now: Self.now, zone: zone).description
    }

    @Test(
        "a point in time is read in all its forms",
        arguments: [
            ("0", "0"), ("1", "1"), ("00012", "12"), ("9223372036854775807", "9223372036854775807"),
            ("now", "2026-11-24T20:00:00.000000Z"), ("-0s", "2026-11-24T20:00:00.000000Z"),
            ("-90s", "2026-11-24T19:58:30.000000Z"), ("-30m", "2026-11-24T19:30:00.000000Z"),
            ("-2h", "2026-11-24T18:00:00.000000Z"), ("-7d", "2026-11-17T20:00:00.000000Z"),
            ("-2w", "2026-11-10T20:00:00.000000Z"),
            ("2026-11-24", "2026-11-24T00:00:00.000000Z"),
            ("2024-02-29", "2024-02-29T00:00:00.000000Z"),
            ("1969-12-31T23:59:59.9Z", "1969-12-31T23:59:59.900000Z"),
            ("2026-11-24T14:00", "2026-11-24T14:00:00.000000Z"),
            ("2026-11-24 14:00:01", "2026-11-24T14:00:01.000000Z"),
            ("2026-11-24t14:00:01z", "2026-11-24T14:00:01.000000Z"),
            ("2026-11-24T14:00:01.123456789Z", "2026-11-24T14:00:01.123456Z"),
            ("2026-11-24T14:00:00+01:00", "2026-11-24T13:00:00.000000Z"),
            ("2026-11-24T14:00-05:30", "2026-11-24T19:30:00.000000Z"),
            ("2026-11-24 14:00:00 +0100", "2026-11-24T13:00:00.000000Z"),
            ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000000Z"),
        ])
    func forms(text: String, meaning: String) throws {
        #expect(try time(text) == meaning)
    }

    @Test("what is read is printed so that it can be read again")
    func printing() throws {
        for text in ["17", "now", "-3w", "2026-11-24"] {
            let when = try When(text, now: Self.now, zone: .utc)
            #expect(try When(when.description, now: Self.now, zone: Self.berlin) == when)
        }
    }

    @Test(
        "what is no point in time is refused, and why",
        arguments: [
            ("", "it is a sequence"), ("yesterday", "it is a sequence"), ("-", "is like -2h"),
            ("-h", "is like -2h"), ("-2", "is like -2h"), ("-2x", "is like -2h"),
            ("--2h", "is like -2h"), ("-2 h", "is like -2h"), ("2h", "it is a sequence"),
            ("99999999999999999999", "no sequence is that large"),
            ("-99999999999999999999h", "is like -2h"),
            ("-999999999999999999w", "before all times"), ("-999999999999999w", "before all"),
            ("2026-02-29", "no such date"), ("2026-13-01", "no such date"),
            ("2026-00-01", "no such date"), ("2026-04-31T10:00", "no such date"),
            ("2026-11-24T24:00:00Z", "no such date"), ("2026-11-24T12:60:00Z", "no such date"),
            ("2026-11-24T12:00:61Z", "no such date"),
            ("2026-11-24T12:00:00+24:00", "no such date"),
            ("2026-11-24T12:00:00+01:60", "it is a sequence"),
            ("2026-11-24T12", "it is a sequence"), ("2026-11-24T", "it is a sequence"),
            ("2026-11-24T12:00:", "it is a sequence"), ("2026-11-24T12:00:00.", "it is a sequence"),
            ("2026-11-24T12:00:00Zulu", "it is a sequence"), ("2026-11-4", "it is a sequence"),
            ("26-11-24", "it is a sequence"), ("2026-11-24T12:00:00+1", "it is a sequence"),
            ("２０２６-11-24", "it is a sequence"), (" 17", "it is a sequence"),
        ])
    func refusals(text: String, reason: String) throws {
        #expect {
            try time(text)
        } throws: { error in
            guard let error = error as? MomentlogError else { return false }
            return error.code == .usage && error.message.contains(reason)
                && error.message.hasPrefix("'\(text)' is no point in time: ")
        }
    }

    @Test(
        "a time without an offset is local, whatever the season",
        arguments: [
            ("2026-11-24T14:00:00", "2026-11-24T13:00:00.000000Z"),
            ("2026-07-24T14:00:00", "2026-07-24T12:00:00.000000Z"),
            ("2026-07-24", "2026-07-23T22:00:00.000000Z"),
            ("2026-03-29T01:59:59.999999", "2026-03-29T00:59:59.999999Z"),
            ("2026-03-29T03:00:00", "2026-03-29T01:00:00.000000Z"),
            ("2026-10-25T01:59:59", "2026-10-24T23:59:59.000000Z"),
            ("2026-10-25T03:00:00", "2026-10-25T02:00:00.000000Z"),
            ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00.000000Z"),
        ])
    func local(text: String, meaning: String) throws {
        #expect(try time(text, Self.berlin) == meaning)
    }

    @Test(
        "a local time that never was, or was twice, is refused",
        arguments: [
            ("2026-03-29T02:00:00", "set forward"), ("2026-03-29T02:59:59", "set forward"),
            ("2026-10-25T02:00:00", "twice"), ("2026-10-25T02:59:59.5", "twice"),
        ])
    func clocksSet(text: String, reason: String) {
        #expect {
            try time(text, Self.berlin)
        } throws: { error in
            (error as? MomentlogError)?.message.contains(reason) == true
        }
    }
}
