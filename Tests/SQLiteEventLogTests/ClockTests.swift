import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Times in the log, and what is found by them.
struct ClockTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    private static func commit(_ name: String, at seconds: Int64) -> PendingCommit {
        var commit = PendingCommit.defining(name)
        commit.time = time(seconds)
        return commit
    }

    @Test("A clock that was set back is recorded as such, and times never run backwards")
    func clockSetBack() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        for (number, seconds) in [100, 200, 150, 200, 250].enumerated() {
            _ = try await log.append(Self.commit("vm\(number)", at: Int64(seconds)))
        }
        // Also from one transaction to the next, and between those in one.
        _ = try await log.append([Self.commit("x", at: 300), Self.commit("y", at: 299)])
        let events = try await log.events()
        #expect(events.map(\.time) == [100, 200, 200, 200, 250, 300, 300].map(Self.time))
        #expect(events.map(\.clock) == [nil, nil, Self.time(150), nil, nil, nil, Self.time(299)])
        #expect(
            try await log.lines()[2].contains(
                #""time":"1970-01-01T00:03:20.000000Z","clock":"1970-01-01T00:02:30.000000Z","#
                    + #""event""#))
        await log.close()
        let again = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await again.append(Self.commit("z", at: 10))
        #expect(try await again.events().last?.time == Self.time(300))
        #expect(try await again.events().last?.clock == Self.time(10))
        await again.close()
    }

    /// Commits that end at 1, 3, 5 and 7, at 100, 200, 200 and 300 seconds.
    private func sample() async throws -> SQLiteEventLog {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(Self.commit("vm", at: 100))
        for (name, seconds) in [("a", 200), ("b", 200), ("c", 300)] as [(String, Int64)] {
            var commit = PendingCommit.appending(
                Event.creating(CheckpointName(name)), after: receipt, named: "vm")
            commit.time = Self.time(seconds)
            receipt = try await log.append(commit)
        }
        return log
    }

    @Test("A sequence means the last commit that ended at or before it")
    func positionsOfSequences() async throws {
        let log = try await sample()
        var ends: [Int] = []
        for sequence in 0...7 {
            let position = try await log.position(at: .sequence(sequence))
            ends.append(position.sequence)
            #expect(position.commit == [0: 0, 1: 1, 3: 2, 5: 3, 7: 4][position.sequence])
        }
        #expect(ends == [0, 1, 1, 3, 3, 5, 5, 7])
        #expect(try await log.position(at: .sequence(0)) == .start)
        for sequence in [8, .max, -1] {
            try await expectRefusal(.noMoment) {
                try await log.position(at: .sequence(sequence))
            }
        }
        await log.close()
    }

    @Test("A time means the last commit up to it")
    func positionsOfTimes() async throws {
        let log = try await sample()
        let cases: [(Int64, Int)] = [
            (.min, 0), (0, 0), (99_999_999, 0), (100_000_000, 1), (199_999_999, 1),
            (200_000_000, 5), (299_999_999, 5), (300_000_000, 7), (.max, 7),
        ]
        for (microseconds, sequence) in cases {
            let when = When.time(Timestamp(microseconds: microseconds))
            #expect(try await log.position(at: when).sequence == sequence, "\(microseconds)")
        }
        #expect(
            try await log.position(at: .time(Self.time(300)))
                == LogPosition(sequence: 7, commit: 4, time: Self.time(300)))
        await log.close()
    }

    @Test("An empty log has one position, before all events")
    func emptyLog() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        #expect(try await log.position(at: .time(Self.time(5))) == .start)
        #expect(try await log.position(at: .sequence(0)) == .start)
        try await expectRefusal(.noMoment) { try await log.position(at: .sequence(1)) }
        await log.close()
    }

    @Test("Domains are found under the names that they had at the time")
    func domainsOfThePast() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        // 1: vm, 2: other, 3: vm is old, 4: a new vm, 5: old is undefined, 6: and defined again.
        let first = try await log.append(.defining("vm", uuid: sampleUUID(1)))
        _ = try await log.append(.defining("other"))
        let renamed = try await log.append(
            .appending([.domainRenamed(to: "old")], after: first, named: "vm"))
        let second = try await log.append(.defining("vm"))
        let gone = try await log.append(
            .appending([.domainUndefined], after: renamed, named: "old"))
        _ = try await log.append(
            .appending(
                [.domainDefined(name: "vm2", uuid: sampleUUID(1), definition: nil)], after: gone,
                named: "old"))
        func names(_ sequence: Int) async throws -> [String] {
            try await log.domains(through: sequence, bearing: nil).map(\.name)
        }
        #expect(try await names(0) == [])
        #expect(try await names(1) == ["vm"])
        #expect(try await names(3) == ["old", "other"])
        #expect(try await names(4) == ["old", "other", "vm"])
        #expect(try await names(5) == ["other", "vm"])
        #expect(try await names(6) == ["vm2", "other", "vm"])
        func holder(_ name: String, _ sequence: Int) async throws -> [DomainEntry.ID] {
            try await log.domains(through: sequence, bearing: name).map(\.id)
        }
        #expect(try await holder("vm", 2) == [first.domain])
        #expect(try await holder("vm", 3) == [])
        #expect(try await holder("vm", 6) == [second.domain])
        #expect(try await holder("vm2", 6) == [first.domain])
        #expect(try await holder("old", 5) == [])
        #expect(try await holder("v", 6) == [])
        #expect(try await log.replay(second.domain, through: 3) == nil)
        #expect(try await log.replay(second.domain, through: 4)?.name == "vm")
        #expect(try await log.replay(first.domain, through: 5)?.isLive == false)
        await log.close()
    }
}
