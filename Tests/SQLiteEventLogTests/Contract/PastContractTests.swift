import Moments
import TestSupport
import Testing

@testable import EventLog
@testable import MomentlogTesting
@testable import SQLiteEventLog

/// What every engine says of the past.
struct PastContractTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Both engines say the same of every point in time", arguments: Seeds.all)
    func agreement(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        // As if they were of one store: identifiers of the one are those of the other.
        let first = try await Engine.sqlite.log(in: folder)
        var opening = PendingCommit.turning(.stripSecrets, to: true)
        opening.time = Timestamp(seconds: 990)
        let store = try await first.append(opening).domain.store
        let second = MemoryEventLog(store: store)
        _ = try await second.append(opening)
        let logs: [any EventLog] = [first, second]
        var domains: [(id: DomainEntry.ID, name: String, revision: Int)] = []
        var ended: Set<DomainEntry.ID> = []
        var time: Int64 = 1_000
        for step in 0..<24 {
            time += Int64.random(in: -3...9, using: &random)
            var commit: PendingCommit
            let place = domains.isEmpty ? 0 : Int.random(in: 0..<domains.count, using: &random)
            let isGone = domains.isEmpty || ended.contains(domains[place].id)
            switch Int.random(in: 0..<10, using: &random) {
            case 0...2 where domains.count < 4, _ where isGone:
                commit = .defining(
                    "vm\(step)", uuid: step.isMultiple(of: 2) ? sampleUUID(step) : nil)
            case 3:
                commit = .appending(
                    [.domainRenamed(to: "new\(step)")], to: domains[place].id,
                    named: domains[place].name, revision: domains[place].revision)
            default:
                commit = .appending(
                    Event.creating("c\(step)"), to: domains[place].id,
                    named: domains[place].name, revision: domains[place].revision)
            }
            commit.time = Timestamp(seconds: time)
            commit.settings = StoreSettings(stripsSecrets: true)
            if Int.random(in: 0..<6, using: &random) == 0, let first = domains.first,
                commit.target == .domain(first.id, revision: first.revision)
            {
                let graph = try await logs[0].replay(first.id).graph
                let names = graph.names(Listing(.all, order: .topological)) ?? []
                let deletions = names.reversed().map { Event.checkpointDeleted($0) }
                commit.entries = (deletions + [.domainUndefined]).map {
                    .init($0, origin: .library)
                }
                ended.insert(first.id)
            }
            var receipts: [CommitReceipt] = []
            for log in logs { receipts.append(try await log.append(commit)) }
            #expect(receipts[0] == receipts[1], "seed \(seed)")
            let receipt = receipts[0]
            var name = commit.domainName
            if case .domainRenamed(to: let new) = commit.entries[0].event { name = new }
            if case .newDomain = commit.target {
                domains.append((receipt.domain, name, receipt.revision))
            } else {
                domains[place] = (receipt.domain, name, receipt.revision)
            }
        }
        let size = try await logs[0].size()
        #expect(try await logs[0].linesOf() == logs[1].linesOf(), "seed \(seed)")
        let points =
            [When.now] + (0...size).map { When.sequence($0) }
            + stride(from: 990, to: 1_100, by: 3).map { When.time(Timestamp(seconds: $0)) }
        for point in points {
            let position = try await logs[0].position(at: point)
            try #require(
                try await logs[1].position(at: point) == position, "seed \(seed), \(point)")
            let sequence = position.sequence
            let (left, right) = (
                try await logs[0].domains(through: sequence, bearing: nil),
                try await logs[1].domains(through: sequence, bearing: nil)
            )
            try #require(left == right, "seed \(seed), \(point)")
            guard case .sequence = point else { continue }
            for domain in domains {
                let named = try await logs[0].domains(through: sequence, bearing: domain.name)
                #expect(named == left.filter { $0.name == domain.name }, "seed \(seed), \(point)")
                let one = try await logs[0].replay(domain.id, through: sequence)
                let two = try await logs[1].replay(domain.id, through: sequence)
                #expect(one?.revision == two?.revision && one?.graph == two?.graph)
                #expect(one?.name == two?.name && one?.isLive == two?.isLive)
            }
        }
        for log in logs {
            try await expectRefusal(.noMoment) {
                try await log.position(at: .sequence(size + 1))
            }
        }
        let (one, two) = (try await logs[0].head(), try await logs[1].head())
        #expect(one.size == two.size && one.root == two.root)
        for log in logs {
            #expect(try await log.verify(against: log.head()) { _ in }.isSound)
            await log.close()
        }
    }
}
