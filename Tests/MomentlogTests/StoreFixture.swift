import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog
import Synchronization
import TestSupport

/// A store in a temporary folder.
struct StoreFixture {
    let folder: TemporaryFolder
    let store: CheckpointStore

    static let provenance = Provenance(actor: "tester@here")
    static let submission = Submission(actor: "tester@here")

    init() async throws {
        folder = try TemporaryFolder("store")
        store = try await CheckpointStore.open(at: folder.path("store.db"), options: Self.patient)
    }

    /// Options to wait long for one's turn, so that a slow machine fails no test.
    static let patient = CheckpointStore.Options(busyTimeout: .seconds(600))

    private init(_ folder: TemporaryFolder, _ store: CheckpointStore) {
        self.folder = folder
        self.store = store
    }

    /// The same folder with another opening of its store.
    func with(_ store: CheckpointStore) -> StoreFixture { StoreFixture(folder, store) }

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
            at: [path], options: options, by: Self.submission)
    }

    /// Defines a guest with two writable disks.
    func define(_ name: String, digit: Character = "a") async throws {
        try await store.define(
            SourceDocument(CheckpointText.guest(name, digit: digit)), by: Self.submission)
    }

    /// Creates a checkpoint of all disks.
    @discardableResult
    func create(
        _ name: CheckpointName, in domain: DomainReference = "vm1"
    ) async throws -> CommandOutcome {
        try await store.create(
            CheckpointRequest(name: name), in: domain, by: Self.submission)
    }

    /// The bytes of all files of the store, by name.
    var files: [String: Data] {
        get throws {
            var files: [String: Data] = [:]
            for name in try folder.contents where name.hasPrefix("store.db") {
                // What readers share in memory changes with each of them.
                guard !name.hasSuffix("-shm") else { continue }
                files[name] = try Data(contentsOf: folder.url.appending(path: name))
            }
            return files
        }
    }

    /// How many events the log holds.
    func eventCount() async throws -> Int {
        let figure = try await store.statistics().first { $0.name == "events" }
        guard case .number(let count)? = figure?.value else { return 0 }
        return count
    }

    /// The events after a sequence, of one domain or of all.
    func lines(after sequence: Int = 0, of domain: DomainReference? = nil) async throws
        -> [RecordedEvent]
    {
        let lines = Collected<RecordedEvent>()
        try await store.readEvents(EventFilter(domain: domain)) { line throws(MomentlogError) in
            let event = try line.event()
            if event.sequence > sequence { lines.append(event) }
            return true
        }
        return lines.values
    }
}

extension RecordedEvent {
    /// Its kind and its checkpoint.
    var label: String { "\(event.kind) \(event.checkpointName ?? "-")" }
}

/// What a closure collects that is called elsewhere.
private final class Collected<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])

    var values: [Value] { storage.withLock { $0 } }

    func append(_ value: Value) { storage.withLock { $0.append(value) } }
}
