/// A duration before now, as people write it: `2h`, `-1h30m`, `2 hours ago`.
struct Age {
    /// Nil if it is too long to count.
    private let seconds: Int64?

    private static let units: [String: Int64] = {
        let names: [(Int64, [String])] = [
            (1, ["s", "sec", "secs", "second", "seconds"]),
            (60, ["m", "min", "mins", "minute", "minutes"]), (3_600, ["h", "hour", "hours"]),
            (86_400, ["d", "day", "days"]), (604_800, ["w", "week", "weeks"]),
        ]
        return names.reduce(into: [:]) { units, entry in
            for name in entry.1 { units[name] = entry.0 }
        }
    }()

    /// Reads an age; returns nil for other text.
    ///
    /// With a sign it is one word, and does not end in `ago`.
    init?(_ text: String) {
        var rest = text[...]
        let isSigned = rest.first == "-"
        if isSigned {
            rest.removeFirst()
            guard !rest.contains(" ") else { return nil }
        } else if rest.hasSuffix(" ago") {
            rest.removeLast(" ago".count)
        }
        guard !rest.isEmpty else { return nil }
        var seconds: Int64? = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
            rest = rest.dropFirst(digits.count)
            if rest.first == " " { rest.removeFirst() }
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard !digits.isEmpty, let unit = Self.units[String(letters)] else { return nil }
            if rest.first == " " {
                rest.removeFirst()
                guard !rest.isEmpty else { return nil }
            }
            seconds = Self.sum(seconds, Int64(digits), unit)
        }
        self.seconds = seconds
    }

    private static func sum(_ seconds: Int64?, _ count: Int64?, _ unit: Int64) -> Int64? {
        guard let seconds, let count else { return nil }
        let (span, isTooLong) = count.multipliedReportingOverflow(by: unit)
        let (sum, isFar) = seconds.addingReportingOverflow(span)
        return isTooLong || isFar ? nil : sum
    }

    /// Returns the time that is this long before another; nil if it is out of range.
    func before(_ now: Timestamp) -> Timestamp? {
        guard let seconds else { return nil }
        let (span, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (time, isBeforeAll) = now.microseconds.subtractingReportingOverflow(span)
        return isTooLong || isBeforeAll ? nil : Timestamp(microseconds: time)
    }
}
