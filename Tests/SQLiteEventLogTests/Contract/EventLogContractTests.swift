import Moments
import Synchronization
import TestSupport
import Testing

@testable import EventLog
@testable import MomentlogTesting
@testable import SQLiteEventLog

/// What every engine of an event log keeps to.
@Suite struct EventLogContractTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Every engine keeps the contract", arguments: Engine.allCases, EventLogContract.cases)
    func contract(engine: Engine, contractCase: EventLogContract.Case) async throws {
        let folders = Mutex<[TemporaryFolder]>([])
        try await contractCase.check {
            let folder = try TemporaryFolder()
            folders.withLock { $0.append(folder) }
            return try await engine.log(in: folder)
        }
    }

    @Test("The contract suite finds a defect of an engine", arguments: DefectiveLog.Defect.allCases)
    func defect(_ defect: DefectiveLog.Defect) async throws {
        var found: [String] = []
        for contractCase in EventLogContract.cases {
            do {
                try await contractCase.check { DefectiveLog(defect, of: MemoryEventLog()) }
            } catch {
                found.append("\(contractCase): \(error)")
            }
        }
        #expect(!found.isEmpty)
    }

    @Test("Engines that are asked the same answer the same", arguments: Seeds.all)
    func agreement(seed: UInt64) async throws {
        // As if they were of one store: identifiers of the one are those of the other.
        let first = try await Engine.sqlite.log(in: folder)
        let store = try await first.append(.defining("vm")).domain.store
        let second = MemoryEventLog(store: store)
        _ = try await second.append(.defining("vm"))
        let logs: [any EventLog] = [first, second]
        var random = SplitMix64(seed: seed)
        var known: [(id: DomainEntry.ID, domain: Domain)] = []
        for step in 0..<150 {
            let commits = (0..<Int.random(in: 1...3, using: &random)).map { number in
                Self.commit(&random, known, "\(step)-\(number)")
            }
            let isAlone = Bool.random(using: &random)
            var answers: [String] = []
            for log in logs {
                do throws(MomentlogError) {
                    answers.append(
                        isAlone
                            ? "\(try await log.append(commits, keeping: []))"
                            : "\(try await log.append(commits))")
                } catch {
                    answers.append(error.code.rawValue)
                }
            }
            try #require(answers[0] == answers[1], "seed \(seed), step \(step)")
            known = []
            for entry in try await logs[1].domains() {
                known.append((entry.id, try await logs[1].replay(entry.id)))
                let other = try await logs[0].replay(entry.id)
                let domain = known[known.count - 1].domain
                try #require(other.graph == domain.graph, "seed \(seed), step \(step)")
                try #require(other.revision == domain.revision, "seed \(seed), step \(step)")
            }
            try #require(try await logs[0].domains() == (try await logs[1].domains()))
        }
        #expect(try await logs[0].linesOf() == (try await logs[1].linesOf()), "seed \(seed)")
        #expect(known.count > 3, "seed \(seed)")
        for log in logs { await log.close() }
    }

    /// A commit of which every few are refused.
    private static func commit(
        _ random: inout SplitMix64, _ known: [(id: DomainEntry.ID, domain: Domain)], _ name: String
    ) -> PendingCommit {
        guard let target = known.randomElement(using: &random),
            Int.random(in: 0..<6, using: &random) > 0
        else {
            return .defining(
                "vm\(Int.random(in: 0..<6, using: &random))",
                uuid: sampleUUID(Int.random(in: 0..<40, using: &random)))
        }
        let isStale = Int.random(in: 0..<8, using: &random) == 0
        var events: [Event] =
            target.domain.graph.contains("c\(name)") ? [] : Event.creating("c\(name)")
        switch Int.random(in: 0..<6, using: &random) {
        case 0: events.append(.domainRenamed(to: "vm\(Int.random(in: 0..<6, using: &random))"))
        case 1: events.append(.domainUndefined)
        case 2:
            if let old = target.domain.graph.names()?.first {
                events.append(.checkpointDeleted(old))
            }
        default: break
        }
        return .appending(
            events.isEmpty ? [.currentSet(nil)] : events, to: target.id,
            named: target.domain.name,
            revision: target.domain.revision + (isStale ? 1 : 0))
    }
}
