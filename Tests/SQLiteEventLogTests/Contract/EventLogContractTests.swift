import Moments
import TestSupport
import Testing

@testable import EventLog
@testable import MomentlogTesting
@testable import SQLiteEventLog

/// What every engine of an event log keeps to.
@Suite struct EventLogContractTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("An empty log knows nothing", arguments: Engine.allCases)
    func empty(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        #expect(try await log.size() == 0)
        #expect(try await log.domains().isEmpty)
        #expect(try await log.linesOf().isEmpty)
        #expect(try await log.requests(["r"]).isEmpty)
        #expect(try await log.settings() == StoreSettings())
        #expect(try await log.append([PendingCommit]()).isEmpty)
        await log.close()
    }

    @Test("Sequences, commits and revisions count from 1 without gaps", arguments: Engine.allCases)
    func numbering(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        let one = try await log.append(.defining("vm1"))
        let two = try await log.append(.defining("vm2"))
        let three = try await log.append(
            .appending(Event.creating("c1"), after: one, named: "vm1"))
        let four = try await log.append(
            .appending([.currentSet(nil)], after: two, named: "vm2"))
        #expect([one, two, three, four].map(\.commit) == [1, 2, 3, 4])
        #expect([one, two, three, four].map(\.sequences) == [1...1, 2...2, 3...4, 5...5])
        #expect([one, two, three, four].map(\.revision) == [1, 1, 3, 2])
        let events = try await log.linesOf().map { try EventLine.decode($0) }
        #expect(events.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(events.map(\.revision) == [1, 1, 2, 3, 2])
        #expect(events.map(\.commit) == [1, 2, 3, 3, 4])
        #expect(events.map(\.domain) == ["vm1", "vm2", "vm1", "vm1", "vm2"])
        #expect(try await log.size() == 5)
        await log.close()
    }

    @Test("Several commits are appended together, or none of them", arguments: Engine.allCases)
    func allOrNone(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        let one = try await log.append(.defining("vm1"))
        let good = PendingCommit.appending(Event.creating("c1"), after: one, named: "vm1")
        var stale = good
        stale.target = .domain(one.domain, revision: 7)
        let before = try await log.linesOf()
        try await expectRefusal(.revisionConflict) { _ = try await log.append([good, stale]) }
        #expect(try await log.linesOf() == before)
        #expect(try await log.replay(one.domain).graph.isEmpty)
        var next = good
        next.entries = [PendingCommit.Entry(.checkpointDeleted("c1"), origin: .library)]
        next.target = .domain(one.domain, revision: 3)
        let receipts = try await log.append([good, next])
        #expect(receipts.map(\.commit) == [2, 3])
        #expect(receipts.map(\.revision) == [3, 4])
        await log.close()
    }

    @Test("Names of live domains, and UUIDs for ever, are unique", arguments: Engine.allCases)
    func identities(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        let one = try await log.append(.defining("vm1", uuid: sampleUUID(1)))
        try await expectRefusal(.exists) { _ = try await log.append(.defining("vm1")) }
        try await expectRefusal(.exists) {
            _ = try await log.append(.defining("vm2", uuid: sampleUUID(1)))
        }
        let two = try await log.append(.defining("vm2"))
        try await expectRefusal(.exists) {
            _ = try await log.append(
                .appending([.domainRenamed(to: "vm1")], after: two, named: "vm2"))
        }
        _ = try await log.append(.appending([.domainUndefined], after: one, named: "vm1"))
        let three = try await log.append(.defining("vm1", uuid: sampleUUID(3)))
        try await expectRefusal(.exists) {
            _ = try await log.append(.defining("vm4", uuid: sampleUUID(1)))
        }
        let entries = try await log.domains()
        #expect(entries.map(\.name) == ["vm1", "vm2", "vm1"])
        #expect(entries.map(\.isLive) == [false, true, true])
        #expect(entries.map(\.id) == [one.domain, two.domain, three.domain])
        await log.close()
    }

    @Test("A request is kept with its answer, once", arguments: Engine.allCases)
    func requests(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        var commit = PendingCommit.defining("vm1")
        commit.request = RequestRecord(
            name: "r1", fingerprint: [1, 2], domain: "vm1", revision: 0, checkpoint: nil)
        let receipt = try await log.append(commit)
        let kept = RequestRecord(
            name: "r2", fingerprint: [3], domain: "vm1", revision: 1, checkpoint: "c")
        #expect(try await log.append([], keeping: [kept]).isEmpty)
        let found = try await log.requests(["r2", "no", "r1"])
        #expect(found.map(\.name) == ["r2", "r1"])
        #expect(found.first == kept)
        #expect(found.last?.commit == receipt.commit)
        #expect(found.last?.sequences == receipt.sequences)
        #expect(found.last?.revision == 1)
        for again in ["r1", "r2"] {
            var repeated = PendingCommit.appending(
                Event.creating("c\(again)"), after: receipt, named: "vm1")
            repeated.request = RequestRecord(
                name: again, fingerprint: [9], domain: "vm1", revision: 0)
            let before = try await log.linesOf()
            try await expectRefusal(.revisionConflict) { _ = try await log.append(repeated) }
            #expect(try await log.linesOf() == before)
        }
        await log.close()
    }

    @Test(
        "Definitions are kept by their content, and named ones must be there",
        arguments: Engine.allCases)
    func definitions(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        let one = try await log.append(.defining("vm1", definition: [1, 2, 3]))
        let there = try #require(digest(of: [1, 2, 3]))
        #expect(try await log.definition(there) == [1, 2, 3])
        #expect(try await log.replay(one.domain).definition == there)
        let absent = try #require(digest(of: [9]))
        try await expectRefusal(.corrupt) { _ = try await log.definition(absent) }
        try await expectRefusal(.corrupt) {
            _ = try await log.append(
                .appending(
                    [.domainDefined(name: "vm1", uuid: nil, definition: absent)], after: one,
                    named: "vm1"))
        }
        #expect(try await log.size() == 1)
        await log.close()
    }

    @Test("A query's order, limit, domain and end are kept to", arguments: Engine.allCases)
    func queries(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        let one = try await log.append(.defining("vm1"))
        let two = try await log.append(.defining("vm2"))
        _ = try await log.append(.appending(Event.creating("c1"), after: one, named: "vm1"))
        _ = try await log.append(.appending(Event.creating("d1"), after: two, named: "vm2"))
        let all = try await log.linesOf()
        #expect(all.count == 6)
        #expect(try await log.linesOf(EventQuery(isReversed: true)) == all.reversed())
        #expect(try await log.linesOf(EventQuery(limit: 2)) == Array(all[..<2]))
        #expect(try await log.linesOf(EventQuery(limit: 0)).isEmpty)
        #expect(try await log.linesOf(upTo: 3) == Array(all[..<3]))
        let second = [all[1], all[4], all[5]]
        #expect(try await log.linesOf(EventQuery(domain: two.domain)) == second)
        #expect(
            try await log.linesOf(EventQuery(domain: two.domain, isReversed: true, limit: 2))
                == [all[5], all[4]])
        await log.close()
    }

    @Test("What is decided under other settings is refused", arguments: Engine.allCases)
    func settings(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        _ = try await log.append(.defining("vm1"))
        #expect(try await log.append(.turning(.stripSecrets, to: true)).revision == 1)
        #expect(try await log.settings() == StoreSettings(stripsSecrets: true))
        try await expectRefusal(.revisionConflict) { _ = try await log.append(.defining("vm2")) }
        var commit = PendingCommit.defining("vm2")
        commit.settings = StoreSettings(stripsSecrets: true)
        #expect(try await log.append(commit).commit == 3)
        // Nor is a change of a setting from another value than it has.
        var change = PendingCommit.turning(.stripSecrets, to: true)
        change.settings = StoreSettings(stripsSecrets: true)
        try await expectRefusal(.revisionConflict) { _ = try await log.append(change) }
        let back = PendingCommit.turning(.stripSecrets, to: false)
        try await expectRefusal(.revisionConflict) { _ = try await log.append([back, back]) }
        #expect(try await log.settings() == StoreSettings(stripsSecrets: true))
        #expect(try await log.append([back, .turning(.stripSecrets, to: true)]).count == 2)
        #expect(try await log.settings() == StoreSettings(stripsSecrets: true))
        #expect(try await log.size() == 5)
        await log.close()
    }

    @Test("A log that was closed says so", arguments: Engine.allCases)
    func closed(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        let one = try await log.append(.defining("vm1"))
        await log.close()
        await log.close()
        try await expectRefusal(.storage) { _ = try await log.size() }
        try await expectRefusal(.storage) { _ = try await log.domains() }
        try await expectRefusal(.storage) { _ = try await log.replay(one.domain) }
        try await expectRefusal(.storage) { _ = try await log.append(.defining("vm2")) }
    }

    @Test(
        "What is about the store itself stands in a stream of its own", arguments: Engine.allCases)
    func storeStream(engine: Engine) async throws {
        let log = try await engine.log(in: folder)
        let one = try await log.append(.defining("vm1"))
        var commit = PendingCommit.defining("")
        commit.target = .store
        commit.entries = [
            PendingCommit.Entry(
                .lossAccepted(LostHead(origin: "o", size: 3, root: "r")), origin: .library)
        ]
        #expect(try await log.append(commit).revision == 1)
        #expect(try await log.append(commit).revision == 2)
        #expect(try await log.domains().map(\.id) == [one.domain])
        #expect(try await log.replay(one.domain).revision == 1)
        let events = try await log.linesOf().map { try EventLine.decode($0) }
        #expect(events.map(\.domain) == ["vm1", nil, nil])
        #expect(events.map(\.event.kind) == [.domainDefined, .lossAccepted, .lossAccepted])
        await log.close()
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
