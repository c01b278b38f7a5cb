import CShims
import EventLog
import Foundation
import GRDB
public import Moments
import Synchronization

/// A process that is killed after it wrote a commit, and before it synced it, leaves frames in the
/// WAL that the next process reads like all others
/// (<https://www.sqlite.org/walformat.html#recovery>): the kernel still has them, but the next
/// power loss may take them. Nobody was answered; but a process that then finds the commit done,
/// and answers a retry with it, would acknowledge what may yet be lost.
///
/// So the WAL is synced before anything is answered from it. Its bytes are rewritten before that:
/// if a sync has failed, the kernel keeps the pages, but does not write them again by itself, and
/// the next sync reports nothing (<https://www.usenix.org/conference/atc20/presentation/rebello>).
/// Moving the frames into the database instead would not help: the part of the WAL that is on the
/// disk would be replayed over them.
extension SQLiteEventLog {
    /// Makes everything durable that can be read; see ``EventLog/ensureDurable(within:)``.
    public func ensureDurable(within limit: Duration?) async throws(MomentlogError) {
        let deadline = deadline(limit)
        guard try await read({ _ in true }) != nil else { return }
        try await openedWriter(until: deadline).settle(until: deadline)
    }
}

extension SQLiteWriter {
    /// Syncs the commits that the head file does not list, and so nobody may have acknowledged. It
    /// blocks its thread, and the lease is held.
    ///
    /// The head is written after each sync, so a log that is not ahead of it was synced.
    func settleIfAhead() throws(MomentlogError) {
        do {
            try queue.inDatabase { database in
                let size = try CommitTable(database: database).last().size
                let head = try HeadFile.read(files.head)
                if case .head(let recorded) = head, recorded.size >= size { return }
                guard size > 0 else { return }
                try settle(database)
                // A head that contradicts the log stays: it is evidence of a loss.
                guard case .head = head, try head.contradiction(with: database) == nil else {
                    return
                }
                writeHead(try CommitWriter(database: database, cache: nil, logger: logger).end.head)
            }
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Syncs everything, once in the life of the connection: while one is open, nobody reads what
    /// is not synced, since the WAL is not recovered.
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
