import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// A commit that was written, but not synced, is read by the next process that opens the
/// store, as long as the kernel lives. Nobody may be answered from it before it is on stable storage.
struct SettleTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var left: String { folder.file("left.db") }

    /// What a writer leaves behind that is killed between its second commit and the head file:
    /// whether it was synced nobody can tell.
    private func leaveUnsettled() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        let head = try Data(contentsOf: URL(fileURLWithPath: folder.store + ".head"))
        _ = try await log.append(.appending(Event.creating("c1"), after: first, named: "vm1"))
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: folder.store + suffix, toPath: left + suffix)
        }
        try head.write(to: URL(fileURLWithPath: left + ".head"))
        await log.close()
    }

    /// How many events the head file lists: it is written after they are settled.
    private func settledCount() throws -> Int {
        StoreHead(try String(contentsOfFile: left + ".head", encoding: .utf8))?.size ?? 0
    }

    @Test("Commits that the head file does not list are read, and made durable by a change")
    func opening() async throws {
        try await leaveUnsettled()
        #expect(try settledCount() == 1)
        let log = try await SQLiteEventLog.open(path: left, options: .init(createsStore: false))
        #expect(try await log.size() == 3)
        #expect(try settledCount() == 1)
        _ = try await log.append(.defining("vm2"))
        #expect(try settledCount() == 4)
        await log.close()
    }

    @Test("Commits are made durable while others read, and a reader changes nothing")
    func readingMeanwhile() async throws {
        try await leaveUnsettled()
        let looking = try await SQLiteEventLog.open(
            path: left, options: .init(createsStore: false, access: .audit))
        #expect(try await looking.size() == 3)
        #expect(try settledCount() == 1)
        let log = try await SQLiteEventLog.open(path: left, options: .init(createsStore: false))
        try await log.ensureDurable(within: nil)
        #expect(try settledCount() == 3)
        #expect(try await looking.size() == 3)
        await log.close()
        await looking.close()
    }

    @Test("A log without a head file is made durable, and returns the same events as before")
    func withoutHead() async throws {
        try await leaveUnsettled()
        try FileManager.default.removeItem(atPath: left + ".head")
        let log = try await SQLiteEventLog.open(path: left, options: .init(createsStore: false))
        let events = try await log.events()
        try await log.ensureDurable(within: nil)
        #expect(try await log.events() == events)
        // Nothing but the head file is missing.
        let found = try await log.verify(against: nil, progress: { _ in })
        #expect(found.faults.map(\.kind) == [.headMissing])
        await log.close()
    }

    @Test("Making a missing store durable creates none")
    func noStore() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        try await log.ensureDurable(within: nil)
        #expect(!FileManager.default.fileExists(atPath: folder.store))
        await log.close()
    }
}
