import EventLog
import Moments
import TestSupport
import Testing

@testable import Momentlog

/// Random histories: what the handler holds is what the log tells.
struct RandomInstructionTests {
    @Test(
        "After each batch of random commands the domains in memory are those in the log",
        arguments: Seeds.all, [false, true])
    func agreement(seed: UInt64, withOthers: Bool) async throws {
        var random = RandomInstructions(seed: seed)
        let fixture = try await StoreFixture()
        for domain in ["vm0", "vm1"] {
            try await fixture.add(fixture.library(domain, random.faultyLibrary()))
        }
        let other = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        var tally: [String: Int] = [:]
        var compared = 0
        for step in 0..<60 {
            let place = Comment(rawValue: "seed \(seed), step \(step)")
            let batch = try random.batch()
            if withOthers && random.isChosen(1, of: 2) {
                // Before, or at the same time.
                let theirs = try random.batch()
                if random.isChosen(1, of: 2) {
                    _ = await other.perform(theirs)
                } else {
                    async let done = other.perform(theirs)
                    _ = await fixture.store.perform(try random.batch())
                    _ = await done
                }
            }
            for answer in await fixture.store.perform(batch) {
                switch answer {
                case .success(let outcome):
                    tally[outcome.commit == nil ? "-" : "ok", default: 0] += 1
                case .failure(let error): tally[error.code.rawValue, default: 0] += 1
                }
            }
            compared += try await compare(fixture.store, place)
        }
        // A history that is refused at every turn shows nothing.
        #expect(compared > 60, "seed \(seed)")
        #expect(tally["ok", default: 0] > 30 && tally.count > 5, "seed \(seed): \(tally)")
        await other.close()
        let reopened = try await fixture.reopened()
        for entry in try await reopened.log.domains() {
            let domain = try await reopened.log.replay(entry.id)
            #expect(domain.graph.brokenInvariants() == [], "seed \(seed)")
            // A command that is refused loads it.
            guard entry.isLive else { continue }
            _ = await reopened.perform([
                .delete("no", from: DomainReference(entry.name), by: StoreFixture.submission)
            ])
            let kept = try #require(await reopened.handler.domains.kept(entry.id))
            #expect(kept.graph == domain.graph, "seed \(seed)")
        }
        await reopened.close()
        let found = try await CheckpointStore.checkStore(at: fixture.folder.path("store.db"))
        #expect(found.isSound && found.head.size > 0, "seed \(seed): \(found.faults)")
    }

    /// Compares what the store keeps with what its log tells; returns in how many domains.
    private func compare(_ store: CheckpointStore, _ place: Comment) async throws -> Int {
        var compared = 0
        for entry in try await store.log.domains() {
            // Kept as the last batch left it.
            guard let kept = await store.handler.domains.kept(entry.id) else { continue }
            compared += 1
            let replayed = try await store.log.replay(entry.id)
            #expect(kept.graph == replayed.graph, place)
            #expect(kept.name == replayed.name, place)
            #expect(kept.uuid == replayed.uuid, place)
            #expect(kept.definition == replayed.definition, place)
            #expect(kept.isLive == replayed.isLive, place)
            #expect(kept.revision == replayed.revision, place)
            #expect(kept.graph.brokenInvariants() == [], place)
            #expect(entry.name == replayed.name && entry.isLive == replayed.isLive, place)
            let listed = await store.handler.domains.known?.live(replayed.nameReference)
            #expect(!replayed.isLive || listed?.id == entry.id, place)
        }
        return compared
    }
}
