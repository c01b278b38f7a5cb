import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog
import Synchronization
import TestSupport
import Testing

/// The progress that long operations report.
struct WorkProgressTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store() async throws -> CheckpointStore {
        let store = try await CheckpointStore.open(at: folder.path("s.db"))
        for number in 0..<150 {
            try folder.write(
                CheckpointText.document("c\(number)", time: 1_700_000_000 + number),
                to: "library/vm1/c\(number).xml")
        }
        return store
    }

    /// Runs an operation, and checks that what it reports only grows, up to the total.
    private func check(
        _ total: Int?, _ body: (@escaping @Sendable (WorkProgress) -> Void) async throws -> Void
    ) async throws {
        let reports = Mutex<[WorkProgress]>([])
        try await body { progress in reports.withLock { $0.append(progress) } }
        let all = reports.withLock { $0 }
        let last = try #require(all.last)
        #expect(all.map(\.completed) == all.map(\.completed).sorted())
        #expect(Set(all.map(\.total)).count == 1)
        #expect(last.total == last.completed)
        if let total { #expect(last.completed == total) }
    }

    @Test(
        "Import, export, verification, backup and restoration report what is done, and of how much")
    func totals() async throws {
        let store = try await store()
        let by = Submission(actor: "me")
        try await check(150) { progress in
            try await store.importLibraries(
                at: [folder.path("library")], by: by, progress: progress)
        }
        let size = try await store.head().size
        try await check(150) { progress in
            try await store.export(["vm1"], to: folder.path("out"), progress: progress)
        }
        try await check(size) { progress in
            _ = try await store.verify(progress: progress)
        }
        try await check(size) { progress in
            _ = try await CheckpointStore.checkStore(at: folder.path("s.db"), progress: progress)
        }
        try await check(nil) { progress in
            _ = try await store.backup(to: folder.path("copy.db"), progress: progress)
        }
        await store.close()
        try await check(nil) { progress in
            _ = try await StoreRestoration(
                from: folder.path("copy.db"), to: folder.path("new.db"),
                acceptance: LossAcceptance(by.provenance, origin: .library)
            ).run(progress: progress)
        }
    }
}
