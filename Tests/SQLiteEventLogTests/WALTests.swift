import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct WALTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A page with its header in the WAL.
    private static let frame = 4096 + 24

    private var frames: Int { (size(of: folder.store + "-wal") - 32) / Self.frame }

    /// An event that takes about 100 pages: its line and its description's column.
    private static func large(_ number: Int) -> [Event] {
        let text = String(repeating: "x", count: 400_000)
        return [
            .checkpointCreated(
                Checkpoint(name: "c\(number)", description: text, creationTime: 1))
        ]
    }

    @Test("Below 1000 pages nothing is moved out of the WAL")
    func smallWALStays() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1"))
        let before = try bytes(of: folder.store)
        for number in 0..<8 {
            receipt = try await log.append(
                .appending(Self.large(number), after: receipt, named: "vm1"))
        }
        #expect((700...1000).contains(frames))
        #expect(try bytes(of: folder.store) == before)
        await log.close()
    }

    @Test("Past 1000 pages a commit is followed by a checkpoint, so that the WAL stays small")
    func largeWALIsCheckpointed() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1"))
        var most = 0
        for number in 0..<50 {
            receipt = try await log.append(
                .appending(Self.large(number), after: receipt, named: "vm1"))
            most = max(most, frames)
        }
        // 5000 pages were written: one commit beyond the bound, and one that starts the WAL again.
        #expect(size(of: folder.store) > 4000 * 4096)
        #expect(most > 1000)
        #expect(most < 1250)
        #expect(try await log.lines().count == 51)
        await log.close()
    }

    @Test("A reader that holds an old state delays the checkpoint, and harms nothing")
    func readerDelaysCheckpoint() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1"))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: folder.store, configuration: configuration)
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN; SELECT count(*) FROM event")
        }
        for number in 0..<15 {
            receipt = try await log.append(
                .appending(Self.large(number), after: receipt, named: "vm1"))
        }
        #expect(frames > 1400)
        let seen = try await reader.writeWithoutTransaction { database in
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM event")
            try database.execute(sql: "COMMIT")
            return count
        }
        #expect(seen == 1)
        for number in 15..<17 {
            receipt = try await log.append(
                .appending(Self.large(number), after: receipt, named: "vm1"))
        }
        #expect(size(of: folder.store) > 1400 * 4096)
        #expect(try await log.lines().count == 18)
        try reader.close()
        await log.close()
    }
}
