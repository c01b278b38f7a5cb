import EventLog
import Foundation
import Moments
import TestSupport
import Testing

@testable import Momentlog

/// What is asked of a store after it was closed.
struct ClosedStoreTests {
    /// What was read of the store while it was open.
    private struct Context: Sendable {
        let store: CheckpointStore
        let fixture: StoreFixture
        let entry: DomainEntry
        let domain: Domain
        let unchanged: CommandOutcome
        let library: String
    }

    private typealias Call = @Sendable (Context) async throws -> Void

    private static let by = StoreFixture.submission

    private static var document: SourceDocument {
        SourceDocument(CheckpointText.document("c2", parent: "c1"))
    }

    private static let questions: [(name: String, call: Call)] = [
        ("backup", { _ = try await $0.store.backup(to: $0.fixture.folder.path("copy.db")) }),
        ("change", { _ = try await $0.store.change(by: $0.unchanged) }),
        ("compact", { _ = try await $0.store.compact() }),
        ("compare", { _ = try await $0.store.compare(["vm1"], with: $0.library) }),
        ("compare", { _ = try await $0.store.compare(["vm1"], at: ScriptedHost([])) }),
        (
            "definition",
            { _ = try await $0.store.definition(try #require($0.domain.definition)) }
        ),
        ("difference", { _ = try await $0.store.difference(of: "vm1", from: .sequence(1)) }),
        ("disks", { _ = try await $0.store.disks(of: "vm1") }),
        (
            "document",
            { _ = try await $0.store.document(of: "c1", in: "vm1", parts: .withoutDomain) }
        ),
        (
            "document",
            { _ = try await $0.store.document(of: "c1", in: $0.domain, parts: .withoutDomain) }
        ),
        ("domain", { _ = try await $0.store.domain("vm1") }),
        ("domain", { _ = try await $0.store.domain($0.entry) }),
        ("domain", { _ = try await $0.store.domain("vm1", at: .sequence(1)) }),
        ("domains", { _ = try await $0.store.domains() }),
        ("domains", { _ = try await $0.store.domains(at: .now) }),
        ("events", { _ = try await $0.store.events() }),
        ("export", { _ = try await $0.store.export([], to: $0.fixture.folder.path("out")) }),
        ("export", { _ = try await $0.store.export(["vm1"], to: $0.fixture.folder.path("out")) }),
        ("findings", { _ = try await $0.store.findings() }),
        ("findings", { _ = try await $0.store.findings(at: .now) }),
        ("follow", { _ = try await $0.store.follow() }),
        ("graph", { _ = try await $0.store.graph(of: "vm1") }),
        ("guest", { _ = try await $0.store.guest("vm1", at: ScriptedHost([])) }),
        ("head", { _ = try await $0.store.head() }),
        ("history", { _ = try await $0.store.history(of: "c1", in: "vm1") }),
        ("keepSnapshots", { _ = try await $0.store.keepSnapshots() }),
        ("plan", { _ = try await $0.store.plan(in: "vm1") }),
        (
            "plan",
            { _ = try await $0.store.plan(.setCurrent("c1", in: "vm1", by: by)) }
        ),
        ("domains", { _ = try await $0.store.domains(at: nil, includingUndefined: true) }),
        ("head", { _ = try await $0.store.head(at: .now) }),
        ("line", { _ = try await $0.store.line(1) }),
        ("outcome", { _ = try await $0.store.outcome(ofRequest: "r1") }),
        ("plannedCompaction", { _ = try await $0.store.plannedCompaction() }),
        ("reopen", { try await $0.store.reopen() }),
        (
            "redefinition",
            {
                _ = try await $0.store.redefinition(
                    of: "c1", withoutDisk: "vda", in: "vm1", by: by)
            }
        ),
        ("position", { _ = try await $0.store.position(at: .now) }),
        ("readEvents", { try await $0.store.readEvents { _ in true } }),
        ("readEvents", { try await $0.store.readEvents(EventFilter()) { _ in true } }),
        ("reconcile", { _ = try await $0.store.reconcile("vm1", with: ImageReport()) }),
        ("settings", { _ = try await $0.store.settings() }),
        ("status", { _ = try await $0.store.status() }),
        ("statistics", { _ = try await $0.store.statistics() }),
        ("verify", { _ = try await $0.store.verify() }),
    ]

    private static let commands: [(name: String, call: Call)] = [
        (
            "acknowledge",
            { _ = try await $0.store.acknowledge(.nameReused, of: "c1", in: "vm1", by: by) }
        ),
        (
            "create",
            { _ = try await $0.store.create(CheckpointRequest(name: "c2"), in: "vm1", by: by) }
        ),
        (
            "create",
            {
                let text = "<domaincheckpoint><name>c2</name></domaincheckpoint>"
                _ = try await $0.store.create(SourceDocument(text), in: "vm1", by: by)
            }
        ),
        (
            "define",
            {
                let guest = SourceDocument(CheckpointText.guest("vm2", digit: "b"))
                _ = try await $0.store.define(guest, by: by)
            }
        ),
        ("delete", { _ = try await $0.store.delete("c1", from: "vm1", by: by) }),
        (
            "importLibraries",
            {
                _ = try await $0.store.importLibraries(
                    at: [$0.library], by: StoreFixture.submission)
            }
        ),
        (
            "importLibraries",
            {
                _ = try await $0.store.importLibraries(
                    at: ["no such folder"], by: StoreFixture.submission)
            }
        ),
        ("observe", { _ = try await $0.store.observe(ImageReport(), in: "vm1", by: by) }),
        ("perform", { _ = try await $0.store.perform(.setCurrent("c1", in: "vm1", by: by)) }),
        (
            "perform",
            {
                let answers = await $0.store.perform([.setCurrent("c1", in: "vm1", by: by)])
                _ = try answers.first?.get()
            }
        ),
        ("record", { _ = try await $0.store.record([document], in: "vm1", by: by) }),
        ("redefine", { _ = try await $0.store.redefine([document], in: "vm1", by: by) }),
        (
            "redefine",
            { _ = try await $0.store.redefine("c1", withoutDisk: "vda", in: "vm1", by: by) }
        ),
        (
            "prune",
            {
                var retention = Retention()
                retention.last = 1
                _ = try await $0.store.prune("vm1", keeping: retention, zone: .utc, by: by)
            }
        ),
        (
            "pruning",
            {
                var retention = Retention()
                retention.last = 1
                _ = try await $0.store.pruning(of: "vm1", keeping: retention, zone: .utc)
            }
        ),
        (
            "pruning",
            {
                _ = try await $0.store.pruning(
                    by: $0.unchanged, keeping: Retention(), zone: .utc)
            }
        ),
        ("plan", { _ = try await $0.store.plan(revertOf: "vm1", to: .now) }),
        ("pull", { _ = try await $0.store.pull(from: ScriptedHost([]), by: by) }),
        ("push", { _ = try await $0.store.push("vm1", to: ScriptedHost([])) }),
        ("revert", { _ = try await $0.store.revert("vm1", to: .now, by: by) }),
        ("rename", { _ = try await $0.store.rename("vm1", to: "vm2", by: by) }),
        ("repair", { _ = try await $0.store.repair(in: "vm1", by: by) }),
        (
            "changeSettings",
            {
                _ = try await $0.store.changeSettings(
                    to: StoreSettings(), by: StoreFixture.submission)
            }
        ),
        ("setCurrent", { _ = try await $0.store.setCurrent("c1", in: "vm1", by: by) }),
        ("undefine", { _ = try await $0.store.undefine("vm1", by: by) }),
    ]

    @Test("Every call of a store that was closed is refused, and opens nothing")
    func closed() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        let library = try fixture.library(
            "vm1", ["c9.xml": CheckpointText.document("c9", extra: CheckpointText.guest("vm1"))])
        let store = fixture.store
        let context = Context(
            store: store, fixture: fixture, entry: try #require(try await store.domains().first),
            domain: try await store.domain("vm1"),
            unchanged: try await store.setCurrent("c1", in: "vm1", by: Self.by),
            library: library)
        await store.close()
        let (files, names) = (try fixture.files, try fixture.folder.contents)
        for (name, call) in Self.questions + Self.commands {
            let error = await #expect(throws: MomentlogError.self, "\(name)") {
                try await call(context)
            }
            #expect(error?.code == .storage, "\(name): \(String(describing: error))")
            #expect(error?.message.contains("was closed") == true, "\(name)")
            #expect(try fixture.folder.contents == names, "\(name)")
        }
        await store.close()
        #expect(try fixture.files == files)
    }

    @Test("A sequence of events that is read after its store was closed fails")
    func sequences() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let events = try await fixture.store.events().makeAsyncIterator()
        let stream = try await fixture.store.follow().makeAsyncIterator()
        await fixture.store.close()
        for iterator in [events as any AsyncIteratorProtocol, stream] {
            var iterator = iterator
            let error = await #expect(throws: MomentlogError.self) {
                _ = try await iterator.next()
            }
            #expect(error?.code == .storage)
        }
    }

    @Test("Every public method of a store is covered")
    func complete() throws {
        let methods = try PublicMethods(of: "CheckpointStore", in: "Momentlog").names
        #expect(
            methods.subtracting(["close"])
                == Set((Self.questions + Self.commands).map(\.name)))
    }
}
