import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct EventLineRoundTripTests {
    @Test("A random event survives its line, byte for byte", arguments: Event.Kind.allCases)
    func roundTrip(kind: Event.Kind) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("EventLineRoundTripTests: \(kind) with seed \(seed)")
        var events = RandomEvents(seed: seed)
        for _ in 0..<800 {
            let recorded = events.recorded(kind)
            let line = try EventLine.encode(recorded)
            #expect(!line.utf8.contains { $0 < 0x20 }, "seed \(seed)")
            let decoded = try EventLine.decode(line)
            try #require(decoded == recorded, "seed \(seed)")
            // Swift's strings are equal in all normal forms; the log's bytes are not.
            try #require(
                try Array(EventLine.encode(decoded).utf8) == Array(line.utf8), "seed \(seed)")
            let other = try #require(
                JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            try #require(other["sequence"] as? Int == recorded.sequence, "seed \(seed)")
            try #require(other["event"] as? String == kind.rawValue, "seed \(seed)")
        }
    }
}
