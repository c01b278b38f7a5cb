import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Stores that momentlog wrote are sound, whatever the commands were.
struct StoreCheckTests {
    @Test(
        "A store of an earlier schema is sound once it is brought up to date",
        arguments: 1...9)
    func earlier(schema: Int) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: Fixtures.repository.appending(path: "Tests/Fixtures/stores/schema-\(schema).db"),
            to: folder.url.appending(path: "store.db"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder.path("store.db"))
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        await store.close()
        let found = try await CheckpointStore.checkStore(at: folder.path("store.db"))
        // The head files are left where they are.
        #expect(found.faults.map(\.kind) == [.headMissing], "\(found.faults)")
        #expect(found.head.size > 0)
    }

    @Test("The corpus, imported, undefined and kept as snapshots, is a sound store")
    func corpus() async throws {
        let fixture = try await StoreFixture()
        for library in Fixtures.libraries {
            _ = try await fixture.store.importLibraries(
                at: [library.checkpointFolder.path],
                by: Submission(actor: "a", request: "import \(library.domain)"))
        }
        _ = try await fixture.store.keepSnapshots()
        let name = try #require(try await fixture.store.domains().first?.name)
        _ = try await fixture.store.undefine(
            DomainReference(name), deletingCheckpoints: true,
            by: Submission(actor: "a", request: "r1"))
        _ = try await fixture.store.keepSnapshots()
        let found = try await CheckpointStore.checkStore(at: fixture.folder.path("store.db"))
        #expect(found.isSound && found.head.size > 20, "\(found.faults)")
        await fixture.store.close()
    }
}
