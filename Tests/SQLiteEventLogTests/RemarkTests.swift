import Foundation
import Logging
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// The remarks that the log passes to its handler.
struct RemarkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A commit is remarked with its size, its time and the WAL's, a wait with its length")
    func commit() async throws {
        let remarks = Remarks()
        let log = try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: true, logger: remarks.logger))
        let receipt = try await log.append(.defining("vm1"))
        _ = try await log.append([
            .appending(Event.creating("c1"), after: receipt, named: "vm1"),
            .defining("vm2"),
        ])
        await log.close()
        #expect(remarks["committed", "commits"] == ["1", "2"])
        #expect(remarks["committed", "events"] == ["1", "3"])
        #expect(remarks["committed", "size"] == ["1", "4"])
        for key in ["microseconds", "sync-microseconds", "wal-frames"] {
            #expect(remarks["committed", key].allSatisfy { Int($0) ?? -1 >= 0 }, "\(key)")
        }
        let waits = remarks["has the write lease", "wait-microseconds"]
        // A lone command that finds the lease free does not wait.
        #expect((1...2).contains(waits.count) && waits.allSatisfy { Int($0) ?? -1 >= 0 })
        // Nobody who does not ask for more hears of it.
        #expect(remarks.all.allSatisfy { $0.level < .info })
    }

    @Test("A replay is logged with what it read")
    func replay() async throws {
        let remarks = Remarks()
        let log = try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: true, logger: remarks.logger))
        let receipt = try await log.append(.defining("vm1"))
        await log.close()
        let again = try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: true, logger: remarks.logger))
        _ = try await again.replay(receipt.domain)
        // What was replayed is kept.
        _ = try await again.replay(receipt.domain)
        #expect(remarks["replayed a domain", "events"] == ["1", "0"])
        #expect(remarks["replayed a domain", "domain"] == ["vm1", "vm1"])
        await again.close()
    }

    @Test(
        "A head file that is absent or damaged is a warning, and none in an empty log",
        arguments: [nil, "", "damaged"] as [String?])
    func head(content: String?) async throws {
        let remarks = Remarks()
        func open() async throws -> SQLiteEventLog {
            try await SQLiteEventLog.open(
                path: folder.store, options: .init(createsStore: true, logger: remarks.logger))
        }
        var log = try await open()
        _ = try await log.append(.defining("vm1"))
        await log.close()
        log = try await open()
        await log.close()
        #expect(remarks.all.allSatisfy { $0.level < .warning })
        if let content {
            try Data(content.utf8).write(to: URL(fileURLWithPath: folder.store + ".head"))
        } else {
            try FileManager.default.removeItem(atPath: folder.store + ".head")
        }
        log = try await open()
        await log.close()
        let warnings = remarks.all.filter { $0.level == .warning }
        #expect(warnings.map(\.message).count { $0.hasPrefix("the head file") } == 1)
    }
}
