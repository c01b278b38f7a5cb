import Dispatch
import EventLog
import Foundation
import GRDB
import Moments
import Synchronization
import TestSupport
import Testing

@testable import SQLiteEventLog

/// What is cancelled ends soon, and leaves nothing half done.
struct CancellationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A log with so many events that SQLite asks in between whether to go on.
    private func long() async throws -> SQLiteEventLog {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        let events = (0..<20_000).map { number in
            Event.checkpointRedefined(
                Checkpoint(name: "c\(number)", creationTime: CreationTime(seconds: Int64(number))),
                claimsCurrent: false)
        }
        _ = try await log.append(.appending(events, to: first.domain, named: "vm1", revision: 1))
        return log
    }

    @Test("A read that would never end ends when its task is cancelled.", .timeLimit(.minutes(5)))
    func endlessRead() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1"))
        let code = await codeWhenCancelled { cancel in
            _ = try await log.read { database in
                cancel()
                return try Int.fetchOne(
                    database,
                    sql: """
                        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
                        SELECT count(*) FROM number
                        """)
            }
        }
        #expect(code == .cancelled)
        // The connection is of use as before.
        #expect(try await log.domains().map(\.name) == ["vm1"])
        await log.close()
    }

    @Test("A verification ends where it was cancelled, and not at the end of the log.")
    func verification() async throws {
        let log = try await long()
        await log.close()
        let store = folder.store
        let last = Mutex(0)
        let code = await codeWhenCancelled { cancel in
            _ = try await SQLiteEventLog.check(path: store) { progress in
                last.withLock { $0 = progress.completed }
                cancel()
            }
        }
        #expect(code == .cancelled)
        #expect(last.withLock { $0 } < 20_000)
    }

    @Test("A replay that is cancelled is not answered.")
    func replay() async throws {
        let log = try await long()
        let entry = try #require(try await log.domain(named: "vm1"))
        let code = await codeWhenCancelled { cancel in
            cancel()
            _ = try await log.replay(entry.id, through: 20_001)
        }
        #expect(code == .cancelled)
        #expect(try await log.replay(entry.id, through: 20_001)?.graph.count == 20_000)
        await log.close()
    }

    @Test("A backup and a restoration that are cancelled leave nothing.")
    func copies() async throws {
        let log = try await long()
        let backup = folder.file("backup.db")
        #expect(
            await codeWhenCancelled { cancel in
                cancel()
                _ = try await log.backup(to: backup)
            } == .cancelled)
        #expect(try !folder.names().contains { $0.contains("backup") })
        _ = try await log.backup(to: backup)
        await log.close()
        let before = try folder.contents()
        let store = folder.store
        #expect(
            await codeWhenCancelled { cancel in
                cancel()
                _ = try await StoreRestoration(
                    from: backup, to: store, replaces: true,
                    acceptance: LossAcceptance(Provenance(actor: "a"), origin: .library)
                ).run()
            } == .cancelled)
        #expect(try folder.contents() == before)
    }

    @Test("A copy stops between two pages.")
    func copy() async throws {
        let log = try await long()
        let draft = try StoreDraft(beside: StoreFiles(path: folder.file("copy.db")))
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: (any Error).self) {
            _ = try log.readNow { try draft.copy($0, cancellation) }
        }
        await log.close()
    }

    @Test("An append is not cancelled with its task: it is committed")
    func append() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let code = await codeWhenCancelled { cancel in
            cancel()
            _ = try await log.append(.defining("vm1"))
        }
        #expect(code == nil)
        #expect(try await log.domains().map(\.name) == ["vm1"])
        await log.close()
    }
}
