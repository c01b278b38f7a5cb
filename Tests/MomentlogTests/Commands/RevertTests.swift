import EventLog
import Momentlog
import Moments
import TestSupport
import Testing

struct RevertTests {
    private static let by = StoreFixture.submission

    @Test(
        "A reversion gives a domain the graph that it had at any earlier event, in one commit",
        arguments: Seeds.few)
    func anyEvent(seed: UInt64) async throws {
        let fixture = try await StoreFixture()
        let store = fixture.store
        try await fixture.define("vm0")
        var random = RandomInstructions(seed: seed)
        for _ in 0..<12 {
            _ = await store.perform(try random.batch())
            if random.isChosen(1, of: 3) {
                let path = try fixture.library("faulty", random.faultyLibrary())
                _ = try? await fixture.add(
                    path, ImportOptions(domain: "vm0", replaces: true))
            }
        }
        guard let uuid = try await store.domains().compactMap(\.uuid).first else { return }
        let domain = DomainReference(uuid)
        // The random history alone may leave nothing to revert: a new root is taken in any graph.
        try await store.redefine(
            [SourceDocument(CheckpointText.document("last", time: 5))], in: domain, by: Self.by)
        let last = try await store.position(at: .now).sequence
        var reverted = 0
        for sequence in 0...last {
            let place: Comment = "seed \(seed), event \(sequence)"
            let then = try? await store.domain(domain, at: .sequence(sequence))
            let commits = try await store.position(at: .now).commit
            do {
                let plan = try await store.plan(revertOf: domain, to: .sequence(sequence))
                let outcome = try await store.revert(
                    domain, to: .sequence(sequence), by: Self.by)
                #expect((outcome.sequences?.count ?? 0) == plan.events.count, place)
                let after = try await store.position(at: .now).commit
                #expect(after == commits + (plan.events.isEmpty ? 0 : 1), place)
                reverted += plan.events.isEmpty ? 0 : 1
                let now = try await store.domain(domain)
                let planned = try plan.result()
                #expect(now.graph == planned.graph, place)
                let past = try #require(then, place)
                #expect(now.graph.checkpoints == past.graph.checkpoints, place)
                #expect(now.graph.recordedCurrent == past.graph.recordedCurrent, place)
                #expect(now.graph.currentClaims == past.graph.currentClaims, place)
                #expect(now.name != "" && now.definition != nil, place)
            } catch let error as MomentlogError {
                #expect(error.code == .noDomain, "\(place): \(error)")
                #expect(then == nil || then?.revision == 0, place)
            }
        }
        #expect(reverted > 0, "seed \(seed)")
        // Nothing of it differs from what a replay of the whole log tells.
        #expect(try await store.verify().isSound)
    }

    @Test("A request to revert to an age is the same request when it comes again")
    func request() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        let then = try await fixture.store.position(at: .now)
        try await fixture.create("c2")
        let submission = Submission(actor: "me", request: "r1")
        let first = try await fixture.store.perform(
            .revert("vm1", to: .sequence(then.sequence), written: "2h", by: submission))
        let again = try await fixture.store.perform(
            .revert("vm1", to: .sequence(1), written: "2h", by: submission))
        #expect(first == again && first.commit != nil)
        await #expect(throws: MomentlogError.self) {
            try await fixture.store.perform(
                .revert("vm1", to: .sequence(1), written: "3h", by: submission))
        }
    }

    @Test("A reversion sees what the commands before it in one batch have led to")
    func batch() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        let outcomes = await fixture.store.perform([
            .create(CheckpointRequest(name: "c2"), in: "vm1", by: Self.by),
            .revert("vm1", to: .now, by: Self.by),
            .revert("vm1", to: .sequence(3), by: Self.by),
            .create(CheckpointRequest(name: "c3"), in: "vm1", by: Self.by),
        ])
        #expect(try outcomes.map { try $0.get().commit } == [3, nil, 4, 5])
        #expect(try await fixture.store.graph(of: "vm1").names() == ["c1", "c3"])
    }
}

extension MomentGraph {
    fileprivate var checkpoints: [Checkpoint?] {
        (names(Listing(order: .topological)) ?? []).map { checkpoint(named: $0) }
    }
}
