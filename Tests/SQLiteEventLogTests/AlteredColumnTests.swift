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

    @Test(
        "A replay of a domain whose row was altered ends with an error that names the column",
        arguments: [
            ("name", "'x'"), ("uuid", "'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb'"), ("uuid", "NULL"),
            ("is_live", "0"),
        ])
    func alteredDomain(column: String, value: String) async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let uuid = DomainUUID(String(repeating: "a", count: 32))
        let altered = try await log.append(.defining("vm1", uuid: uuid)).domain
        let other = try await log.append(.defining("vm2")).domain
        #expect(try await log.replay(altered).revision == 1)
        try tamper(folder.store, "UPDATE domain SET \(column) = \(value) WHERE id = 1")
        let error = await #expect(throws: MomentlogError.self) {
            _ = try await log.replay(altered)
        }
        #expect(error?.code == .corrupt)
        #expect(
            error?.message.hasPrefix("domain 1, column \(column) was altered") ?? false,
            "\(error?.message ?? "")")
        #expect(try await log.replay(other).revision == 1)
        await log.close()
    }
}
