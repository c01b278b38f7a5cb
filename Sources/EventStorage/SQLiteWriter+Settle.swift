import Foundation
import GRDB
public import Moments
import Synchronization

/// A process that is killed after it wrote a commit, and before it synced it, leaves frames in
/// the WAL that whoever opens the store next reads like all others
/// (<https://www.sqlite.org/walformat.html#recovery>): the kernel still has them, but the next
/// loss of power may take them. Nobody was told of the commit; but who then finds it done, and
/// answers a repeated request with it, would acknowledge what may yet be lost.
///
/// So what stands in the log is moved into the database, and synced there, before anybody is
/// answered on the strength of it. Written anew it also stays where a sync has failed before:
/// the kernel does not write such pages again, and the next sync reports nothing
/// (<https://www.usenix.org/conference/atc20/presentation/rebello>).
extension SQLiteEventLog {
    /// Sees to it that everything that can be read is on stable storage; see
    /// ``EventLog/settle()``.
    public func settle() async throws(MomentlogError) {
        guard try await read({ _ in true }) != nil else { return }
        try await openedWriter().settle()
    }
}

extension SQLiteWriter {
    /// Settles what the head file does not tell of, and so nobody may have acknowledged. It
    /// blocks its thread, and the lease is held.
    ///
    /// The head is written after each sync, so a log that is not ahead of it was synced.
    func settleIfAhead() throws(MomentlogError) {
        do {
            try queue.inDatabase { database in
                guard case .current = try SchemaVersion.check(database, files) else { return }
                let size = try CommitPlace.last(database)?.size ?? 0
                let head = HeadFile.read(files.head)
                if case .head(let told) = head, told.size >= size { return }
                guard size > 0 else { return }
                try settle(database)
                // One that contradicts the log stays: it tells of a loss.
                guard case .head = head, try head.contradiction(with: database) == nil else {
                    return
                }
                _ = lease.writeHead(try CommitWriter(database: database).head().text)
            }
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Settles everything, once in the life of the connection: while one is open, nobody
    /// reads what is not synced, since the WAL is not recovered.
    func settle() async throws(MomentlogError) {
        guard !isSettled.withLock({ $0 }) else { return }
        let result: Result<Void, MomentlogError> = await perform { [self] database in
            do {
                try settle(database)
                return .success(())
            } catch {
                return .failure(StorageFailure.mapped(error, files))
            }
        }
        try result.get()
    }

    private func settle(_ database: Database) throws {
        // Who reads meanwhile may go on reading: the WAL then stays, but synced.
        try database.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? database.execute(sql: "PRAGMA busy_timeout = 5000") }
        let row = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)").first
        let (frames, moved): (Int, Int) = try (row?.value(1) ?? 0, row?.value(2) ?? 0)
        if moved < frames { try FileCopy.sync(files.writeAheadLog) }
        isSettled.withLock { $0 = true }
    }
}
