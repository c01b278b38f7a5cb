import EventLog
import Moments

/// A point in time in a line: a sequence as a number, or a text.
struct WrittenMoment: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let sequence = try? container.decode(Int.self) {
            text = String(sequence)
        } else {
            text = try container.decode(String.self)
        }
    }

    /// - Throws: ``MomentlogError`` with `usage` for an invalid point in time.
    func when(_ zone: ZoneRules) throws(MomentlogError) -> When {
        try When(text, now: .now, zone: zone, dateBound: .end)
    }
}
