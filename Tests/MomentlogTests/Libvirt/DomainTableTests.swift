import Momentlog
import Moments
import TestSupport
import Testing

/// The table of what libvirt does to domains that have checkpoints.
struct DomainTableTests {
    private static let by = StoreFixture.submission

    private static func fixture() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for step in Row.created("c1", "c2") { try await Row.perform(step, fixture.store) }
        return fixture
    }

    @Test("undefine, inactive, with checkpoints: error; with one the sentence is singular")
    func undefineRefused() async throws {
        let fixture = try await Self.fixture()
        var error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.undefine("vm1", by: Self.by)
        }
        #expect(error?.code == .hasCheckpoints)
        #expect(error?.message == "cannot delete inactive domain with 2 checkpoints")
        try await fixture.store.delete("c2", from: "vm1", by: Self.by)
        error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.undefine("vm1", by: Self.by)
        }
        #expect(error?.message == "cannot delete inactive domain with 1 checkpoint")
        #expect(try await fixture.store.graph(of: "vm1").sketch == "c1 *c1")
    }

    @Test("undefine with the checkpoints-metadata flag: they are dropped; ours, history stays")
    func undefine() async throws {
        let fixture = try await Self.fixture()
        try await fixture.store.undefine("vm1", deletingCheckpoints: true, by: Self.by)
        let store = try await fixture.reopened()
        #expect(try await store.domains().isEmpty)
        let labels = try await fixture.with(store).lines(of: "vm1").map(\.label)
        #expect(
            labels == [
                "domainDefined -", "checkpointCreated c1", "currentSet c1",
                "checkpointCreated c2", "currentSet c2", "checkpointDeleted c2",
                "checkpointDeleted c1", "currentSet -", "domainUndefined -",
            ])
        await store.close()
    }

    // "Undefine with other flags only" has nothing like it here: there is one flag.

    @Test("rename, inactive: accepted, checkpoints stay as they were")
    func rename() async throws {
        let fixture = try await Self.fixture()
        let before = try await fixture.store.graph(of: "vm1")
        let document = try await fixture.store.document(of: "c1", in: "vm1", parts: .everything)
        try await fixture.store.rename("vm1", to: "vm2", by: Self.by)
        let store = try await fixture.reopened()
        #expect(try await store.graph(of: "vm2") == before)
        #expect(try await store.graph(of: DomainReference(Row.uuid)) == before)
        // The name in <domain> stays what it was, as in libvirt.
        #expect(
            try await store.document(of: "c1", in: "vm2", parts: .everything) == document)
        let error = await #expect(throws: MomentlogError.self) {
            try await store.graph(of: "vm1")
        }
        #expect(error?.code == .noDomain)
        await store.close()
    }
}
