import Moments
import Testing

struct WhenTests {
    /// 2026-11-24T20:00:00Z.
    private static let now = Timestamp(seconds: 1_795_550_400)

    /// One hour ahead of UTC; two from 2026-03-29T01:00:00Z to 2026-10-25T01:00:00Z.
    private static let berlin = ZoneRules { second in
        (1_774_746_000..<1_792_890_000).contains(second) ? 7_200 : 3_600
    }

    private func time(
        _ text: String, _ zone: ZoneRules = .utc, _ bound: When.DateBound = .start
    ) throws -> String {
        try When(text, now: Self.now, zone: zone, dateBound: bound).description
    }

    @Test(
        "A point in time is read in all its forms",
        arguments: [
            ("0", "0"), ("1", "1"), ("00012", "12"), ("9223372036854775807", "9223372036854775807"),
            ("now", "now"), ("-0s", "2026-11-24T20:00:00.000000Z"),
            ("-90s", "2026-11-24T19:58:30.000000Z"), ("-30m", "2026-11-24T19:30:00.000000Z"),
            ("-2h", "2026-11-24T18:00:00.000000Z"), ("-7d", "2026-11-17T20:00:00.000000Z"),
            ("-2w", "2026-11-10T20:00:00.000000Z"), ("-2h30m", "2026-11-24T17:30:00.000000Z"),
            ("-1d12h", "2026-11-23T08:00:00.000000Z"), ("-90min", "2026-11-24T18:30:00.000000Z"),
            ("2h", "2026-11-24T18:00:00.000000Z"), ("2h30m", "2026-11-24T17:30:00.000000Z"),
            ("2h ago", "2026-11-24T18:00:00.000000Z"),
            ("2 hours ago", "2026-11-24T18:00:00.000000Z"),
            ("1 hour 30 minutes ago", "2026-11-24T18:30:00.000000Z"),
            ("1 day", "2026-11-23T20:00:00.000000Z"),
            ("3 weeks ago", "2026-11-03T20:00:00.000000Z"),
            ("10secs ago", "2026-11-24T19:59:50.000000Z"),
            ("today", "2026-11-24T00:00:00.000000Z"),
            ("yesterday", "2026-11-23T00:00:00.000000Z"),
            ("12:30", "2026-11-24T12:30:00.000000Z"), ("23:59:59", "2026-11-24T23:59:59.000000Z"),
            ("12:30:15.5", "2026-11-24T12:30:15.500000Z"),
            ("today 07:05", "2026-11-24T07:05:00.000000Z"),
            ("yesterday 12:30", "2026-11-23T12:30:00.000000Z"),
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

    @Test("What is read is printed so that it can be read again")
    func printing() throws {
        for text in ["17", "now", "-3w", "2026-11-24"] {
            let when = try When(text, now: Self.now, zone: .utc)
            #expect(try When(when.description, now: Self.now, zone: Self.berlin) == when)
        }
    }

    @Test(
        "An invalid point in time is refused with the reason",
        arguments: [
            ("99999999999999999999", "the event number is too large"),
            ("-99999999999999999999h", "out of range"),
            ("-9223372036854775807s1s", "out of range"),
            ("-999999999999999999w", "out of range"), ("-999999999999999w", "out of range"),
            ("2026-02-29", "no such date"), ("2026-13-01", "no such date"),
            ("2026-00-01", "no such date"), ("2026-04-31T10:00", "no such date"),
            ("2026-11-24T24:00:00Z", "no such date"), ("2026-11-24T12:60:00Z", "no such date"),
            ("2026-11-24T12:00:61Z", "no such date"),
            ("2026-11-24T12:00:00+24:00", "no such date"),
            ("24:00", "no such date or time of day"), ("yesterday 12:60", "no such date"),
        ])
    func refusals(text: String, reason: String) throws {
        #expect {
            try time(text)
        } throws: { error in
            guard let error = error as? MomentlogError else { return false }
            return error.code == .usage && error.message.contains(reason)
                && error.message.hasPrefix("invalid time '\(text)': ")
        }
    }

    @Test(
        "A text of no known form is refused with the forms that there are",
        arguments: [
            "", "-", "-h", "-2", "-2x", "--2h", "-2 h", "-2h ago", "+2h", "2x", "h", "ago", " ago",
            "2h  ago", "2h ago ago", "2 h m", "2h ", "2hago", "-1.5h", "٢h", "tuesday", "Yesterday",
            "yesterdays", "yesterday12:30", "yesterdayT12:30", "yesterday ", "today 12",
            "tomorrow", "12:3", "1:30", "12:30Z", "12:30+01:00", "today 12:30Z", ":30", "now ",
            "2026-11-24T12:00:00+01:60", "2026-11-24T12", "2026-11-24T", "2026-11-24T12:00:",
            "2026-11-24T12:00:00.", "2026-11-24T12:00:00Zulu", "2026-11-4", "26-11-24",
            "2026-11-24T12:00:00+1", "２０２６-11-24", " 17",
        ])
    func malformed(text: String) throws {
        let error = #expect(throws: MomentlogError.self) { try time(text) }
        #expect(error?.code == .usage)
        #expect(
            error?.description
                == "invalid time '\(text)'; use an event number, a date, a time such as 12:30,"
                + " yesterday, or an age such as 2h")
    }

    @Test(
        "A date begins with its first moment, and ends with its last",
        arguments: [
            ("2026-11-24", "2026-11-23T23:00:00.000000Z", "2026-11-24T22:59:59.999999Z"),
            ("today", "2026-11-23T23:00:00.000000Z", "2026-11-24T22:59:59.999999Z"),
            ("yesterday", "2026-11-22T23:00:00.000000Z", "2026-11-23T22:59:59.999999Z"),
            // 23 and 25 hours.
            ("2026-03-29", "2026-03-28T23:00:00.000000Z", "2026-03-29T21:59:59.999999Z"),
            ("2026-10-25", "2026-10-24T22:00:00.000000Z", "2026-10-25T22:59:59.999999Z"),
            ("2026-12-31", "2026-12-30T23:00:00.000000Z", "2026-12-31T22:59:59.999999Z"),
            ("9999-12-31", "9999-12-30T23:00:00.000000Z", "9999-12-31T22:59:59.999999Z"),
            // What has a time of day, or is no date, is the same at both ends.
            ("2026-11-24T14:00", "2026-11-24T13:00:00.000000Z", "2026-11-24T13:00:00.000000Z"),
            ("12:30", "2026-11-24T11:30:00.000000Z", "2026-11-24T11:30:00.000000Z"),
            ("2h", "2026-11-24T18:00:00.000000Z", "2026-11-24T18:00:00.000000Z"),
            ("now", "now", "now"), ("7", "7", "7"),
        ])
    func bounds(text: String, start: String, end: String) throws {
        #expect(try time(text, Self.berlin) == start)
        #expect(try time(text, Self.berlin, .end) == end)
        // What is so before a day is what was so at the end of the day before.
        let before = try When(text, now: Self.now, zone: Self.berlin, dateBound: .before)
        guard case .time(let time) = before, end != start else {
            return #expect(before.description == start)
        }
        #expect(Timestamp(microseconds: time.microseconds + 1).description == start)
    }

    /// A zone whose clocks are set at a time.
    private static func zone(_ before: Int64, _ after: Int64, at second: Int64) -> ZoneRules {
        ZoneRules { $0 < second ? before : after }
    }

    /// São Paulo 2018: at 2018-11-04T03:00:00Z midnight became 01:00.
    private static let saoPaulo = zone(-10_800, -7_200, at: 1_541_300_400)
    /// Havana 2018: at 2018-11-04T05:00:00Z 01:00 became midnight again.
    private static let havana = zone(-14_400, -18_000, at: 1_541_307_600)
    /// São Paulo 2018: at 2018-02-18T02:00:00Z midnight became 23:00 of the day before.
    private static let saoPauloAutumn = zone(-7_200, -10_800, at: 1_518_919_200)
    /// Samoa had no 2011-12-30: at 2011-12-30T10:00:00Z its midnight became the next day's.
    private static let samoa = zone(-36_000, 50_400, at: 1_325_239_200)

    @Test("Days whose midnight the clocks skip or show twice have a beginning and an end")
    func midnights() throws {
        let cases: [(ZoneRules, String, String, String)] = [
            (Self.saoPaulo, "2018-11-03", "2018-11-03T03:00:00", "2018-11-04T02:59:59"),
            (Self.saoPaulo, "2018-11-04", "2018-11-04T03:00:00", "2018-11-05T01:59:59"),
            (Self.havana, "2018-11-03", "2018-11-03T04:00:00", "2018-11-04T03:59:59"),
            (Self.havana, "2018-11-04", "2018-11-04T04:00:00", "2018-11-05T04:59:59"),
            (Self.saoPauloAutumn, "2018-02-17", "2018-02-17T02:00:00", "2018-02-18T02:59:59"),
            (Self.saoPauloAutumn, "2018-02-18", "2018-02-18T03:00:00", "2018-02-19T02:59:59"),
            (Self.samoa, "2011-12-29", "2011-12-29T10:00:00", "2011-12-30T09:59:59"),
            (Self.samoa, "2011-12-31", "2011-12-30T10:00:00", "2011-12-31T09:59:59"),
        ]
        for (zone, day, start, end) in cases {
            #expect(try time(day, zone) == start + ".000000Z", "\(day)")
            #expect(try time(day, zone, .end) == end + ".999999Z", "\(day)")
        }
    }

    @Test(
        "Today is the local day",
        arguments: [
            (43_200, "2026-11-24T12:00:00.000000Z", "2026-11-24T16:00:00.000000Z"),
            (-43_200, "2026-11-24T12:00:00.000000Z", "2026-11-24T16:00:00.000000Z"),
            (14_400, "2026-11-24T20:00:00.000000Z", "2026-11-25T00:00:00.000000Z"),
            (14_399, "2026-11-23T20:00:01.000000Z", "2026-11-24T00:00:01.000000Z"),
        ])
    func today(offset: Int64, midnight: String, four: String) throws {
        let zone = ZoneRules { _ in offset }
        #expect(try time("today", zone) == midnight)
        #expect(try time("04:00", zone) == four)
    }

    @Test(
        "A time without an offset is local, whatever the season",
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
        "A local time that never was, or was twice, is refused",
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
