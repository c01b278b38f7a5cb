import Foundation
import Momentlog
import Moments
import Synchronization
import TestSupport
import Testing

/// Imports and exports that are cancelled leave nothing half done.
struct CancelledImportTests {
    private func fixture() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        var documents: [String: String] = [:]
        for number in 0..<300 {
            documents["c\(number).xml"] = CheckpointText.document("c\(number)", time: number + 1)
        }
        try fixture.library("in/vm", documents)
        return fixture
    }

    @Test("An import that is cancelled while it reads records nothing.")
    func whileReading() async throws {
        let fixture = try await fixture()
        let (store, path) = (fixture.store, fixture.folder.path("in"))
        let code = await codeWhenCancelled { cancel in
            _ = try await store.importLibraries(
                at: [path], by: StoreFixture.submission
            ) { _ in cancel() }
        }
        #expect(code == .cancelled)
        #expect(try await store.domains().isEmpty)
    }

    @Test("An export that is cancelled while it writes leaves neither folder nor draft.")
    func whileWriting() async throws {
        let fixture = try await fixture()
        try await fixture.add(fixture.folder.path("in"))
        let (store, output) = (fixture.store, fixture.folder.path("out"))
        let before = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(""))
        let code = await codeWhenCancelled { cancel in
            _ = try await store.export(["vm"], to: output) { if $0.completed == 100 { cancel() } }
        }
        #expect(code == .cancelled)
        let after = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(""))
        #expect(after.sorted() == before.sorted())
        #expect(try await store.export(["vm"], to: output).map(\.checkpoints) == [300])
    }
}
