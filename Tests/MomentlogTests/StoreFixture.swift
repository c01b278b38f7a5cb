import Foundation
import Momentlog
import TestSupport

/// A store in a temporary folder.
struct StoreFixture {
    let folder: TemporaryFolder
    let store: CheckpointStore

    static let provenance = Provenance(actor: "tester@here")

    init() async throws {
        folder = try TemporaryFolder("store")
        store = try await CheckpointStore.open(at: folder.path("store.db"))
    }

    /// The store as another process would open it.
    func reopened() async throws -> CheckpointStore {
        await store.close()
        return try await CheckpointStore.open(
            at: folder.path("store.db"), options: CheckpointStore.Options(createsStore: false))
    }

    /// Writes documents as files of a folder and returns the folder's path.
    @discardableResult
    func library(_ name: String, _ documents: [String: String]) throws -> String {
        for (file, document) in documents { try folder.write(document, to: "\(name)/\(file)") }
        return folder.path(name)
    }

    /// Imports what lies at a path.
    @discardableResult
    func add(_ path: String, _ options: ImportOptions = ImportOptions()) async throws
        -> ImportReport
    {
        try await store.importLibraries(
            at: [path], options: options, provenance: Self.provenance)
    }

    /// How many events the log holds.
    func eventCount() async throws -> Int {
        let figure = try await store.statistics().first { $0.name == "events" }
        guard case .number(let count)? = figure?.value else { return 0 }
        return count
    }
}
