import Foundation
import Moments
import TestSupport
import Testing

/// What restic 0.14 keeps of snapshots of given times; see `scripts/retention-cases`.
struct RetentionTable: Decodable {
    struct History: Decodable {
        var zone: String
        var times: [Int64]
    }

    struct Case: Decodable {
        var history: Int
        var rules: Rules
        var keep: [Int64]
    }

    struct Rules: Decodable {
        var last: Int?
        var hourly: Int?
        var daily: Int?
        var weekly: Int?
        var monthly: Int?
        var yearly: Int?
        var within: String?

        func retention() throws -> Retention {
            var retention = Retention()
            retention.last = last ?? 0
            retention.hourly = hourly ?? 0
            retention.daily = daily ?? 0
            retention.weekly = weekly ?? 0
            retention.monthly = monthly ?? 0
            retention.yearly = yearly ?? 0
            retention.within = try within.map { try RetentionAge($0) }
            return retention
        }
    }

    var restic: String
    var now: Int64
    var histories: [History]
    var cases: [Case]

    static func read() throws -> RetentionTable {
        let file = Fixtures.repository.appending(path: "Tests/Fixtures/retention.json")
        return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }
}

extension ZoneRules {
    /// The rules of a zone that the system knows.
    static func named(_ name: String) throws -> ZoneRules {
        let zone = try #require(TimeZone(identifier: name))
        return ZoneRules { seconds in
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
        }
    }
}

extension Domain {
    /// A domain with a chain of checkpoints of these times, named by them; none is current.
    static func chain(_ times: [Int64]) throws -> Domain {
        var domain = try Domain.guest()
        for (index, time) in times.enumerated() {
            try domain.apply(
                .checkpointCreated(
                    Checkpoint(
                        name: "t\(time)", parent: index == 0 ? nil : "t\(times[index - 1])",
                        creationTime: CreationTime(seconds: time))))
        }
        return domain
    }
}
