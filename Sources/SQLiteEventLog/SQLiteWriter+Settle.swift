import CShims
import EventLog
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
/// So the WAL is synced before anybody is answered on the strength of it. Its bytes are written
/// once more before that: where a sync has failed, the kernel keeps the pages, but does not
/// write them again by itself, and the next sync reports nothing
/// (<https://www.usenix.org/conference/atc20/presentation/rebello>). Moving the frames into the
/// database instead would not do: what of the WAL is on the disk would be replayed over them.
extension SQLiteEventLog {
    /// Makes everything durable that can be read; see ``EventLog/ensureDurable(within:)``.
    public func ensureDurable(within limit: Duration?) async throws(MomentlogError) {
        let deadline = deadline(limit)
        guard try await read({ _ in true }) != nil else { return }
        try await openedWriter(until: deadline).settle(until: deadline)
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
                let size = try CommitTable(database: database).last().size
                let head = try HeadFile.read(files.head)
                if case .head(let told) = head, told.size >= size { return }
                guard size > 0 else { return }
                try settle(database)
                // One that contradicts the log stays: it tells of a loss.
                guard case .head = head, try head.contradiction(with: database) == nil else {
                    return
                }
                writeHead(try CommitWriter(database: database, cache: nil, logger: logger).end.head)
            }
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Settles everything, once in the life of the connection: while one is open, nobody
    /// reads what is not synced, since the WAL is not recovered.
    func settle(until deadline: ContinuousClock.Instant) async throws(MomentlogError) {
        guard !isSettled.withLock({ $0 }) else { return }
        try await perform(until: deadline) { [self] database throws(MomentlogError) in
            do {
                try settle(database)
            } catch {
                throw StorageFailure.mapped(error, files)
            }
        }
    }

    private func settle(_ database: Database) throws {
        guard let connection = database.sqliteConnection else { return }
        // The WAL is open only after something was read.
        _ = try Int.lastSequence(database)
        let result = momentlog_sqlite3_rewrite_wal(UnsafeMutableRawPointer(connection))
        guard result == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
        isSettled.withLock { $0 = true }
    }
}
