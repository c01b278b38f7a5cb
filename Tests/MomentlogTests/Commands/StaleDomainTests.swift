import Moments
import TestSupport
import Testing

@testable import Momentlog

/// What is kept of a domain that others change.
struct StaleDomainTests {
    private static let by = StoreFixture.submission

    @Test("What others append between our decision and our commit is seen by the next command")
    func between() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1", digit: "a")
        try await fixture.define("vm2", digit: "b")
        let log = FailingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        _ = await store.perform([.delete("c9", from: "vm2", by: Self.by)])
        log.beforeAppend = { try await fixture.create("c9", in: "vm2") }
        try await store.create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by)
        // A refusal would rest on what was before.
        try await store.delete("c9", from: "vm2", by: Self.by)
        #expect(try await fixture.store.graph(of: "vm2").isEmpty)
    }

    @Test("A definition from another writer provides the disks of the next checkpoint")
    func definition() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        let others = try await CheckpointStore.open(
            at: fixture.folder.path("store.db"), options: StoreFixture.patient)
        try await others.define(
            SourceDocument(CheckpointText.guest("vm1", disks: ["vdc"])), by: Self.by)
        await others.close()
        try await fixture.create("c2")
        let graph = try await fixture.store.graph(of: "vm1")
        #expect(graph.checkpoint(named: "c1")?.diskSketch == "vda=c1 vdb=c1")
        #expect(graph.checkpoint(named: "c2")?.diskSketch == "vdc=c2")
    }

    @Test("The disks of a definition just given are not read from the log")
    func ownDefinition() async throws {
        let fixture = try await StoreFixture()
        let log = CountingLog(fixture.store.log)
        let store = CheckpointStore(log: log)
        try await store.define(SourceDocument(CheckpointText.guest("vm1")), by: Self.by)
        try await store.create(CheckpointRequest(name: "c1"), in: "vm1", by: Self.by)
        #expect(log["definition"] == 0)
        #expect(try await store.graph(of: "vm1").checkpoint(named: "c1")?.disks.count == 2)
    }

    @Test("Redefining several checkpoints names none in the answer, redefining one names it")
    func outcome() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for names in [["a"], ["b", "c"]] {
            let outcome = try await fixture.store.redefine(
                names.map { SourceDocument(Row.record($0)) }, in: "vm1", by: Self.by)
            #expect(outcome.checkpoint == (names.count == 1 ? "a" : nil))
        }
    }
}
