import EventLog
import Moments
import TestSupport
import Testing

@testable import SQLiteEventLog

/// What queries answer of a row whose columns no longer match its line.
struct AlteredColumnTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func opened() async throws -> SQLiteEventLog {
        try await SQLiteEventLog.open(
            path: folder.store,
            options: SQLiteEventLog.Options(createsStore: false, access: .audit))
    }

    @Test(
        "A query of a row whose column was altered ends with an error that names both",
        arguments: [
            ("domain", "2"), ("domain", "0"), ("revision", "7"), ("revision", "-1"),
            ("kind", "1"), ("kind", "9"), ("sequence", "30"),
        ])
    func altered(column: String, value: String) async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let receipt = try await log.append(.defining("vm1"))
        _ = try await log.append(.appending(Event.creating("c1"), after: receipt, named: "vm1"))
        _ = try await log.append(.defining("vm2"))
        await log.close()
        try tamper(folder.store, "DROP TRIGGER event_refuses_update")
        try tamper(
            folder.store, "UPDATE event SET \(column) = \(value) WHERE sequence = 2")
        let altered = try await opened()
        let error = await #expect(throws: MomentlogError.self) {
            _ = try await altered.page(EventQuery())
        }
        await altered.close()
        #expect(error?.code == .corrupt)
        let row = column == "sequence" ? value : "2"
        #expect(
            error?.message.hasPrefix("event \(row), column \(column) was altered") ?? false,
            "\(error?.message ?? "")")
    }
}
