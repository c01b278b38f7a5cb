/// A span of calendar time in a retention rule, such as `2y5m7d3h`.
///
/// Source: restic's documentation of `forget --keep-within`
/// (<https://restic.readthedocs.io/en/v0.14.0/060_forget.html>).
public struct RetentionAge: Sendable, Hashable, CustomStringConvertible {
    /// Whole calendar years.
    public let years: Int64
    /// Whole calendar months.
    public let months: Int64
    /// Days on the calendar.
    public let days: Int64
    /// Hours.
    public let hours: Int64

    /// Reads an age: numbers, each followed by its unit, `y`, `m` (months), `d` or `h`, each unit
    /// at most once.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for other texts, for an age of zero, and for
    ///   numbers of more than six digits.
    /// - Complexity: O(*n*) in the text.
    public init(_ text: String) throws(MomentlogError) {
        var counts: [Character: Int64] = [:]
        var rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
            rest = rest.dropFirst(digits.count)
            guard let count = Int64(digits), digits.count <= 6, let unit = rest.popFirst(),
                "ymdh".contains(unit), counts.updateValue(count, forKey: unit) == nil
            else { throw Self.refusal(text) }
        }
        guard counts.values.contains(where: { $0 > 0 }) else { throw Self.refusal(text) }
        years = counts["y"] ?? 0
        months = counts["m"] ?? 0
        days = counts["d"] ?? 0
        hours = counts["h"] ?? 0
    }

    /// The age as text: `2y5m7d3h`, without units that are zero.
    public var description: String {
        [(years, "y"), (months, "m"), (days, "d"), (hours, "h")].filter { $0.0 > 0 }
            .map { "\($0.0)\($0.1)" }.joined()
    }

    private static func refusal(_ text: String) -> MomentlogError {
        MomentlogError(
            .usage, "invalid age '\(text)'",
            hint: "use years, months, days and hours, such as 2y5m7d3h")
    }
}

extension RetentionAge {
    /// Returns the time that is this long before another, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// A month before the 31st of March is the 31st of February, which is the 3rd of March, or the
    /// 2nd. Of a local time that clocks skipped or showed twice, this chooses as Go's `Date` does.
    /// It counts in UTC if the newest time has UTC's offset, since restic stores a time with its
    /// offset alone.
    ///
    /// Source: Go's `Time.AddDate` and `Date` (<https://pkg.go.dev/time#Time.AddDate>), and restic
    /// 0.14's `ApplyPolicy`.
    func before(_ newest: Int64, _ zone: ZoneRules) -> Int64 {
        // Later years would overflow, and no clock reaches them.
        let newest = min(max(newest, 0), 1 << 52)
        let offset = zone.offset(at: newest)
        let wall = WallClock(newest + offset)
        let (yearsBack, month) = (wall.month - 1 - months).flooredDivision(by: 12)
        let day =
            Timestamp.daysSinceEpoch(wall.year - years + yearsBack, month + 1, 1)
            + wall.day - 1 - days
        let local = day * 86_400 + wall.secondOfDay
        guard offset != 0 else { return local - hours * 3600 }
        let guess = zone.offset(at: local)
        let time = local - guess
        let actual = zone.offset(at: time)
        return local - (guess == 0 ? 0 : actual) - hours * 3600
    }
}
