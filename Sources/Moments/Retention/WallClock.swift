/// The local date and time of day at a time.
struct WallClock {
    let year: Int64
    let month: Int64
    let day: Int64
    let secondOfDay: Int64
    private let dayNumber: Int64

    /// - Parameter seconds: The time in seconds since 1970-01-01T00:00:00Z, plus the offset of
    ///   local time from UTC.
    init(_ seconds: Int64) {
        (dayNumber, secondOfDay) = seconds.flooredDivision(by: 86_400)
        (year, month, day) = Timestamp.civil(daysSinceEpoch: dayNumber)
    }

    var hour: Int64 { secondOfDay / 3600 }

    /// The week of ISO 8601 and its year, as one number: weeks begin on Monday and belong to the
    /// year of their Thursday.
    var isoWeek: Int64 {
        // The 1st of January 1970 was a Thursday.
        let thursday = dayNumber + 3 - (dayNumber + 3).flooredDivision(by: 7).1
        let (year, _, _) = Timestamp.civil(daysSinceEpoch: thursday)
        let week = (thursday - Timestamp.daysSinceEpoch(year, 1, 1)) / 7 + 1
        return year * 100 + week
    }
}

extension Int64 {
    func flooredDivision(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
