import Foundation
import Moments
import TestSupport
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// What is asked of a log after it was closed.
struct ClosedLogTests {
    private typealias Call =
        @Sendable (SQLiteEventLog, CommitReceipt, TemporaryFolder)
        async throws -> Void

    private static let calls: [(name: String, call: Call)] = [
        ("append", { log, _, _ in _ = try await log.append(.defining("vm2")) }),
        ("append", { log, _, _ in _ = try await log.append([], keeping: [], within: .zero) }),
        ("backup", { log, _, folder in _ = try await log.backup(to: folder.file("copy.db")) }),
        ("beginTurn", { log, _, _ in _ = try await log.beginTurn(within: nil) }),
        ("compact", { log, _, _ in _ = try await log.compact() }),
        (
            "definition",
            { log, _, _ in _ = try await log.definition(try #require(digest(of: [1]))) }
        ),
        ("domain", { log, _, _ in _ = try await log.domain(named: "vm1") }),
        (
            "domain",
            { log, _, _ in _ = try await log.domain(uuid: try #require(sampleUUID(1))) }
        ),
        ("domains", { log, _, _ in _ = try await log.domains() }),
        ("domains", { log, _, _ in _ = try await log.domains(through: 1, bearing: nil) }),
        ("head", { log, _, _ in _ = try await log.head() }),
        (
            "keepSnapshot",
            { log, one, _ in try await log.keepSnapshot(of: Domain(name: "vm1"), one.domain) }
        ),
        (
            "observation",
            { log, _, _ in _ = try await log.observation(of: try #require(sampleUUID(1))) }
        ),
        ("observations", { log, _, _ in _ = try await log.observations() }),
        ("store", { log, _, _ in try await log.store([:]) }),
        ("plannedCompaction", { log, _, _ in _ = try await log.plannedCompaction() }),
        ("position", { log, _, _ in _ = try await log.position(at: .now) }),
        ("page", { log, _, _ in _ = try await log.page(EventQuery(limit: 0)) }),
        ("removeSnapshots", { log, one, _ in try await log.removeSnapshots(of: one.domain) }),
        ("replay", { log, one, _ in _ = try await log.replay(one.domain) }),
        ("replay", { log, one, _ in _ = try await log.replay(one.domain, through: 0) }),
        ("requests", { log, _, _ in _ = try await log.requests([]) }),
        ("settings", { log, _, _ in _ = try await log.settings() }),
        ("ensureDurable", { log, _, _ in try await log.ensureDurable(within: nil) }),
        ("ensureDurable", { log, _, _ in try await log.ensureDurable(within: .zero) }),
        ("size", { log, _, _ in _ = try await log.size() }),
        ("snapshotRevision", { log, one, _ in _ = try await log.snapshotRevision(of: one.domain) }),
        ("statistics", { log, _, _ in _ = try await log.statistics() }),
        ("verify", { log, _, _ in _ = try await log.verify(against: nil) { _ in } }),
    ]

    @Test(
        "Every call of a log that was closed is refused, and opens nothing",
        arguments: [true, false])
    func closed(hasWritten: Bool) async throws {
        let folder = try TemporaryFolder()
        let first = try await SQLiteEventLog.opened(at: folder.store)
        let receipt = try await first.append(.defining("vm1"))
        await first.close()
        let log = try await SQLiteEventLog.opened(at: folder.store)
        if hasWritten { _ = try await log.append(.defining("vm0")) }
        await log.close()
        let before = try folder.contents()
        for (name, call) in Self.calls {
            let error = await #expect(throws: MomentlogError.self, "\(name)") {
                try await call(log, receipt, folder)
            }
            #expect(error?.code == .storage, "\(name)")
            #expect(error?.message.contains("was closed") == true, "\(name)")
            #expect(try folder.contents() == before, "\(name)")
        }
        await log.close()
        #expect(try folder.contents() == before)
    }

    @Test("Every public method of a log is covered")
    func complete() throws {
        let methods = try PublicMethods(of: "SQLiteEventLog", in: "SQLiteEventLog").names
        #expect(methods.subtracting(["close"]) == Set(Self.calls.map(\.name)))
    }
}
