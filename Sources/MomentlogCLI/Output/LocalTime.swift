import Glibc
import Momentlog
import Moments

/// Times for people: local, with the offset from UTC.
enum LocalTime {
    /// The time of a creation.
    static func text(_ time: CreationTime) -> String { text(seconds: time.seconds) }

    /// Such as `2026-11-23 20:40:10 +0100`.
    static func text(seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return "\(seconds) s" }
        // A year has up to eleven characters.
        return String(unsafeUninitializedCapacity: 64) { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%Y-%m-%d %H:%M:%S %z", &parts)
            }
        }
    }

    /// The system's rules of the local time zone.
    static let rules = ZoneRules { offset(at: $0) }

    /// Returns by how many seconds local time is ahead of UTC.
    private static func offset(at seconds: Int64) -> Int64 {
        var time = time_t(seconds)
        var parts = tm()
        return localtime_r(&time, &parts) == nil ? 0 : Int64(parts.tm_gmtoff)
    }

    /// Returns a text with its times in UTC, such as `2026-11-23T19:40:10Z`, as local ones, so that
    /// an output has one time zone; unchanged if that is UTC.
    static func localized(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "Z")) else { return text }
        return text.replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/#) { match in
            guard let time = Timestamp(rfc3339: match.output),
                offset(at: time.microseconds / 1_000_000) != 0
            else { return String(match.output) }
            return self.text(time)
        }
    }

    /// A time with its microseconds, such as `2026-11-23 20:40:10.123456 +0100`.
    static func precise(_ time: Timestamp) -> String {
        let text = text(time)
        let fraction = time.microseconds % 1_000_000
        let digits = String(fraction < 0 ? fraction + 1_000_000 : fraction)
        let padded = String(repeating: "0", count: 6 - digits.count) + digits
        // The date and the time of day have 19 characters.
        return text.prefix(19) + "." + padded + text.dropFirst(19)
    }

    static func text(_ time: Timestamp) -> String {
        text(seconds: time.microseconds / 1_000_000)
    }
}
