import EventLog
import Foundation
import Moments
import SQLiteEventLog
import Synchronization
import TestSupport
import Testing

@testable import Momentlog

/// A store that goes on after a commit whose outcome is unknown.
struct ReopeningTests {
    private static func by(_ request: String) -> Submission {
        Submission(actor: "tester@here", request: request)
    }

    /// A store whose log fails once, after the commit was made or before.
    private func failing(
        _ fixture: StoreFixture, isThere: Bool
    ) async throws -> CheckpointStore {
        try await fixture.define("vm1")
        await fixture.store.close()
        let path = fixture.folder.path("store.db")
        let log = FailingLog(try await Self.open(path))
        let failure = MomentlogError(.outcomeUnknown, "the disk has gone")
        if isThere { log.lateFailure = failure } else { log.failure = failure }
        let counted = Counted()
        return CheckpointStore(log: log) { () throws(MomentlogError) in
            counted.count.add(1, ordering: .relaxed)
            guard counted.count.load(ordering: .relaxed) == 1 else {
                throw MomentlogError(.storage, "was opened twice")
            }
            return try await Self.open(path)
        }
    }

    private final class Counted: Sendable { let count = Atomic(0) }

    private static func open(_ path: String) async throws(MomentlogError) -> SQLiteEventLog {
        try await SQLiteEventLog.open(
            path: path, options: .init(createsStore: false, busyTimeout: .seconds(600)))
    }

    @Test(
        "After an unknown outcome the same store is reopened, tells whether the request was carried out, and carries it out once",
        arguments: [true, false])
    func reopened(isThere: Bool) async throws {
        let fixture = try await StoreFixture()
        let store = try await failing(fixture, isThere: isThere)
        let create = Instruction.create(
            CheckpointRequest(name: "x"), in: "vm1", by: Self.by("r1"))
        let error = await #expect(throws: MomentlogError.self) { try await store.perform(create) }
        #expect(error?.code == .outcomeUnknown)
        try await store.reopen()
        let found = try await store.outcome(ofRequest: "r1")
        #expect((found != nil) == isThere)
        #expect(found?.isRepeated ?? true && found?.checkpoint == (isThere ? "x" : nil))
        let outcome = try await store.perform(create)
        #expect(outcome.isRepeated == isThere && outcome.sequences == 2...3)
        #expect(try await store.outcome(ofRequest: "r1")?.sequences == 2...3)
        #expect(try await store.graph(of: "vm1").current == "x")
        await store.close()
    }

    @Test("Tasks that reopen a store at once open its log once, and their commands wait for it")
    func together() async throws {
        let fixture = try await StoreFixture()
        let store = try await failing(fixture, isThere: true)
        _ = try? await store.create(
            CheckpointRequest(name: "x"), in: "vm1", by: Self.by("r"))
        let codes = await withTaskGroup(of: String?.self) { group in
            for index in 0..<20 {
                group.addTask {
                    do throws(MomentlogError) {
                        try await store.reopenOnce(index)
                        try await store.create(
                            CheckpointRequest(name: "x\(index)"), in: "vm1",
                            by: Self.by("r\(index)"))
                        return nil
                    } catch {
                        return error.description
                    }
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(codes.compactMap { $0 } == [])
        #expect(try await store.graph(of: "vm1").count == 21)
        await store.close()
    }

    @Test("A store on a log that only its caller can open does not reopen it")
    func withoutOpener() async throws {
        let fixture = try await StoreFixture()
        let store = CheckpointStore(log: fixture.store.log)
        await #expect(throws: MomentlogError.self) { try await store.reopen() }
        await fixture.store.close()
        await #expect { try await fixture.store.reopen() } throws: {
            ($0 as? MomentlogError)?.code == .storage
        }
    }

    @Test("A store whose write-ahead log was removed goes on after it was reopened")
    func removedLog() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try FileManager.default.removeItem(atPath: fixture.folder.path("store.db-wal"))
        await #expect(throws: MomentlogError.self) { try await fixture.create("c1") }
        try await fixture.store.reopen()
        try await fixture.create("c1")
        #expect(try await fixture.store.graph(of: "vm1").current == "c1")
        await fixture.store.close()
    }

    @Test("The outcome of a request tells its checkpoint, and nil is the answer for unknown ones")
    func outcomes() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let store = fixture.store
        let created = try await store.create(
            CheckpointRequest(name: "a"), in: "vm1", by: Self.by("1"))
        try await fixture.create("b")
        let set = try await store.setCurrent("a", in: "vm1", by: Self.by("2"))
        let unchanged = try await store.setCurrent("a", in: "vm1", by: Self.by("3"))
        try await store.delete(["a", "b"], from: "vm1", by: Self.by("4"))
        #expect(try await store.outcome(ofRequest: "1") == created)
        #expect(try await store.outcome(ofRequest: "2") == set)
        #expect(try await store.outcome(ofRequest: "3")?.commit == unchanged.commit)
        #expect(try await store.outcome(ofRequest: "4")?.checkpoint == nil)
        #expect(try await store.outcome(ofRequest: "5") == nil)
        #expect(created.isRepeated == false)
    }

    @Test("A store that is handed to a closure is closed after it, also if the closure throws")
    func scope() async throws {
        struct Stopped: Error {}
        let folder = try TemporaryFolder()
        let path = folder.path("s.db")
        let names = try await CheckpointStore.withStore(at: path) { store in
            try await store.define(
                SourceDocument(CheckpointText.guest("vm1")), by: StoreFixture.submission)
            return try await store.domains().map(\.name)
        }
        #expect(names == ["vm1"])
        let kept = Mutex<CheckpointStore?>(nil)
        await #expect(throws: Stopped.self) {
            try await CheckpointStore.withStore(at: path) { store in
                kept.withLock { $0 = store }
                throw Stopped()
            }
        }
        let store = try #require(kept.withLock { $0 })
        await #expect(throws: MomentlogError.self) { try await store.domains() }
        #expect(try folder.contents.sorted() == ["s.db", "s.db.head"])
    }
}

extension CheckpointStore {
    /// Reopens it in the first of several tasks and in those that come while that goes on.
    fileprivate func reopenOnce(_ index: Int) async throws(MomentlogError) {
        let isOpen = session.withLock { $0.reopening == nil && !($0.log is FailingLog) }
        if !isOpen { try await reopen() }
    }
}
