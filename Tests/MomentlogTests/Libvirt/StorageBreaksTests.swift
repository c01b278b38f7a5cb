import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Where libvirt's storage breaks, and what holds here instead.
///
/// The rows about SIGKILL are shown by the command's own tests, which kill it at any time.
/// Those about images and bitmaps (a file or bitmap that is missing, QEMU killed) have
/// nothing like them here: the record touches no image. That a write which fails leaves
/// current as it was is shown in CommandBatchTests, with a log that fails.
struct StorageBreaksTests {
    private static let by = StoreFixture.submission

    private func redefine(
        _ name: String, _ parent: String? = nil, in store: CheckpointStore
    ) async throws {
        try await store.redefine(
            [SourceDocument(Row.record(name, parent))], in: "vm1", by: Self.by)
    }

    private func create(_ name: CheckpointName, in store: CheckpointStore) async throws {
        try await store.create(CheckpointRequest(name: name), in: "vm1", by: Self.by)
    }

    @Test(
        "Restart with a fork, or with two roots: current is kept, and the next create hangs below",
        arguments: [("a", "a b<-a c<-a *b", "b"), (nil, "a b<-a c *b", "b")])
    func forkAndRoots(parent: String?, sketch: String, current: String) async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for step in Row.created("a", "b") { try await Row.perform(step, fixture.store) }
        try await redefine("c", parent, in: fixture.store)
        let store = try await fixture.reopened()
        #expect(try await store.graph(of: "vm1").sketch == sketch)
        try await create("d", in: store)
        let graph = try await store.graph(of: "vm1")
        #expect(graph.checkpoint(named: "d")?.parent?.text == current)
        await store.close()
    }

    @Test("Restart with a cycle a<->b, then a redefine below it: it ends, also a repair of it")
    func cycle() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            fixture.library(
                "vm1",
                [
                    "a.xml": CheckpointText.document("a", parent: "b", extra: Row.guest),
                    "b.xml": CheckpointText.document("b", parent: "a"),
                ]))
        let store = try await fixture.reopened()
        try await redefine("c", "b", in: store)
        #expect(
            Set(try await store.graph(of: "vm1").names(Listing()) ?? []) == ["a", "b", "c"])
        let error = await #expect(throws: MomentlogError.self) {
            try await self.create("d", in: store)
        }
        #expect(error?.code == .inconsistent)
        try await redefine("a", in: store)
        #expect(try await store.graph(of: "vm1").sketch.hasPrefix("a b<-a c<-b"))
        try await store.setCurrent("c", in: "vm1", by: Self.by)
        try await create("d", in: store)
        #expect(try await store.graph(of: "vm1").sketch == "a b<-a c<-b d<-c *d")
        await store.close()
    }

    @Test("Restart with a dangling parent: redefining the lost parent joins them at once")
    func dangling() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            fixture.library(
                "vm1",
                [
                    "a.xml": CheckpointText.document("a", time: 1),
                    "c.xml": CheckpointText.document("c", parent: "b", time: 3),
                ]))
        #expect(try await fixture.store.graph(of: "vm1").sketch == "a c<-b *-")
        let store = try await fixture.reopened()
        try await store.redefine(
            [SourceDocument(CheckpointText.document("b", parent: "a", time: 2))], in: "vm1",
            by: Self.by)
        let graph = try await store.graph(of: "vm1")
        #expect(graph.names(Listing(.children(of: "b"))) == ["c"])
        #expect(!graph.hasErrors)
        await store.close()
    }

    @Test("A description of 1.1 MB is refused by create and by redefine")
    func largeDescription() async throws {
        let text = String(repeating: "d", count: 1_100_000)
        for step in [
            Row.Step.create(CreateTableTests.described(text.count)),
            .redefine(Row.record("x", nil, "<description>\(text)</description>")),
        ] {
            try await Row(
                words: "1.1 MB", before: Row.created("c1"), step: step,
                result: .refused(.invalidXML, "bytes, and 1048576 are allowed")
            ).run()
        }
    }

    @Test("A carriage return in a description survives a restart and another round trip")
    func carriageReturn() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.store.create(
            SourceDocument(Row.document("<name>x</name><description>a&#13;&#10;b</description>")),
            in: "vm1", by: Self.by)
        let store = try await fixture.reopened()
        let document = try await store.document(of: "x", in: "vm1", parts: .everything)
        try await store.redefine([SourceDocument(document)], in: "vm1", by: Self.by)
        let graph = try await store.graph(of: "vm1")
        #expect(graph.checkpoint(named: "x")?.description == "a\r\nb")
        await store.close()
    }

    @Test("A stale b.xml.new from an earlier kill: not read, b stays deleted")
    func staleNew() async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "vm1",
            [
                "a.xml": CheckpointText.document("a"),
                "b.xml.new": CheckpointText.document("b", parent: "a"),
            ])
        let report = try await fixture.add(path, ImportOptions(domain: "vm1"))
        #expect(report.domains[0].findings.map(\.kind) == [.strayFile])
        #expect(try await fixture.store.graph(of: "vm1").sketch == "a *a")
    }

    @Test("File name differs from the checkpoint's name; deleted; restart: it stays deleted")
    func otherFileName() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            fixture.library(
                "vm1",
                [
                    "a.xml": CheckpointText.document("a"),
                    "other.xml": CheckpointText.document("b", parent: "a"),
                ]))
        try await fixture.store.delete("b", from: "vm1", by: Self.by)
        let store = try await fixture.reopened()
        #expect(try await store.graph(of: "vm1").sketch == "a *a")
        await store.close()
    }

    @Test("Renaming an inactive domain keeps its three checkpoints after a restart")
    func rename() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for step in Row.created("a", "b", "c") { try await Row.perform(step, fixture.store) }
        try await fixture.store.rename("vm1", to: "vm2", by: Self.by)
        let store = try await fixture.reopened()
        #expect(try await store.graph(of: "vm2").sketch == "a b<-a c<-b *c")
        await store.close()
    }

    @Test("A redefine that is refused changes nothing, and those after it are carried out")
    func refusedRedefine() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for step in Row.created("a", "b") { try await Row.perform(step, fixture.store) }
        await #expect(throws: MomentlogError.self) {
            try await self.redefine("b", "nosuch", in: fixture.store)
        }
        #expect(try await fixture.store.graph(of: "vm1").sketch == "a b<-a *b")
        try await redefine("b", "a", in: fixture.store)
        try await create("c", in: fixture.store)
        let store = try await fixture.reopened()
        #expect(try await store.graph(of: "vm1").sketch == "a b<-a c<-b *c")
        await store.close()
    }

    @Test("Topological list, and a chain of 5 000 deleted whole: no recursion")
    func longChain() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let documents = (0..<5_000).map { index in
            SourceDocument(Row.record("c\(index)", index == 0 ? nil : "c\(index - 1)"))
        }
        try await fixture.store.redefine(documents.reversed(), in: "vm1", by: Self.by)
        let names = try await fixture.store.graph(of: "vm1")
            .names(Listing(.all, order: .topological))
        #expect(names == (0..<5_000).map { "c\($0)" })
        try await fixture.store.delete("c0", including: .children, from: "vm1", by: Self.by)
        #expect(try await fixture.store.graph(of: "vm1").isEmpty)
    }
}
