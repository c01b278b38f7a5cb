import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

struct ConcurrentCommandTests {
    @Test("Concurrent commands of many callers make one chain, and none is lost")
    func callers() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let store = fixture.store
        let revisions = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<200 {
                group.addTask {
                    try await store.create(
                        CheckpointRequest(name: "c\(index)"), in: "vm1",
                        by: StoreFixture.submission
                    ).revision
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(Set(revisions).count == 200)
        try Self.requireChain(try await fixture.store.graph(of: "vm1"), of: 200)
        let replayed = try await fixture.reopened()
        try Self.requireChain(try await replayed.graph(of: "vm1"), of: 200)
        await replayed.close()
    }

    @Test("Two openings of one store change one domain without loss")
    func openings() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let other = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (label, store) in [("a", fixture.store), ("b", other)] {
                group.addTask {
                    for index in 0..<40 {
                        try await store.create(
                            CheckpointRequest(name: "\(label)\(index)"), in: "vm1",
                            by: StoreFixture.submission)
                    }
                }
            }
            try await group.waitForAll()
        }
        try Self.requireChain(try await other.graph(of: "vm1"), of: 80)
        await other.close()
    }

    @Test("A store that was opened before its creation sees what another opening created")
    func madeByAnother() async throws {
        let fixture = try await StoreFixture()
        let early = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        #expect(try await early.domains().isEmpty)
        try await fixture.define("vm1")
        #expect(try await early.domains().map(\.name) == ["vm1"])
        try await early.create(
            CheckpointRequest(name: "c1"), in: "vm1", by: StoreFixture.submission)
        #expect(try await fixture.store.graph(of: "vm1").current == "c1")
        await early.close()
    }

    @Test("No command and no refusal is decided on a state before another's change")
    func freshness() async throws {
        let fixture = try await StoreFixture()
        let ours = fixture.store
        let by = StoreFixture.submission
        try await fixture.define("vm1")
        try await fixture.create("c1")
        let theirs = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        try await theirs.create(CheckpointRequest(name: "c2"), in: "vm1", by: by)
        // Below what they made.
        try await ours.create(CheckpointRequest(name: "c3"), in: "vm1", by: by)
        #expect(try await ours.graph(of: "vm1").checkpoint(named: "c3")?.parent == "c2")
        // Refused as long as they have not deleted it.
        try await theirs.delete("c1", from: "vm1", by: by)
        try await ours.create(CheckpointRequest(name: "c1"), in: "vm1", by: by)
        // Under another name.
        try await theirs.rename("vm1", to: "vm2", by: by)
        let error = await #expect(throws: MomentlogError.self) {
            try await ours.delete("c1", from: "vm1", by: by)
        }
        #expect(error?.code == .noDomain)
        try await ours.delete("c1", from: "vm2", by: by)
        // Gone, and another in its place.
        try await theirs.undefine("vm2", deletingCheckpoints: true, by: by)
        try await theirs.define(SourceDocument(CheckpointText.guest("vm2", digit: "b")), by: by)
        try await ours.create(CheckpointRequest(name: "c1"), in: "vm2", by: by)
        let domain = try await theirs.domain("vm2")
        #expect(domain.uuid?.description.hasPrefix("bbbb") == true)
        #expect(domain.graph.names(Listing()) == ["c1"])
        await theirs.close()
    }

    private static func requireChain(_ graph: MomentGraph, of count: Int) throws {
        #expect(graph.count == count)
        #expect(graph.names(Listing(.roots))?.count == 1)
        let leaves = try #require(graph.names(Listing(leaves: .only)))
        #expect(leaves == graph.current.map { [$0] })
    }
}
