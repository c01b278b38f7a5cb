import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Stores of every schema that was ever released.
struct EarlierStoresTests {
    @Test(
        "A store of an earlier schema opens and answers the same",
        arguments: [
            ("schema-1", 3), ("schema-2", 6), ("schema-3", 5), ("schema-4", 5),
            ("schema-5", 5), ("schema-7", 47), ("schema-8", 71), ("schema-9", 74),
        ])
    func open(name: String, commit: Int) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: Fixtures.repository.appending(path: "Tests/Fixtures/stores/\(name).db"),
            to: folder.url.appending(path: "store.db"))
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        for library in [Fixtures.libraries[0], Fixtures.libraries[2]] {
            for checkpoint in try library.names {
                #expect(
                    try await store.document(
                        of: CheckpointName(checkpoint), in: DomainReference(library.domain),
                        parts: .everything)
                        == library.dump(of: checkpoint, variant: ".secure"))
            }
        }
        #expect(try await store.graph(of: "lin").current == "c5")
        let report = try await store.importLibraries(
            at: [Fixtures.libraries[1].checkpointFolder.path], by: StoreFixture.submission)
        #expect(report.domains.map(\.commit) == [commit])
        await store.close()
    }
}
