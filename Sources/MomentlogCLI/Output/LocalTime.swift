import Glibc
import Momentlog

/// Times as people read them: local, with the offset from UTC.
enum LocalTime {
    /// Such as `2026-11-23 20:40:10 +0100`.
    static func text(seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return "\(seconds) s" }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S %z", &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What the system knows of the local zone.
    static let rules = ZoneRules { seconds in
        var time = time_t(seconds)
        var parts = tm()
        return localtime_r(&time, &parts) == nil ? 0 : Int64(parts.tm_gmtoff)
    }

    static func text(_ time: Timestamp) -> String {
        text(seconds: time.microseconds / 1_000_000)
    }
}
