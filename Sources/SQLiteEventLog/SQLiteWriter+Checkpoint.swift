import CShims
import EventLog
import Foundation
import GRDB
import Logging
import Moments
import Synchronization

/// Moves commits from the WAL into the database.
///
/// Nothing here waits for readers: one that keeps a transaction open keeps the WAL from shrinking,
/// and nothing else. Only a writer that holds the lease checkpoints.
extension SQLiteWriter {
    /// The number of frames above which the WAL is checkpointed after a commit. A WAL that keeps
    /// growing halves the rate of commits.
    static let maximumWALFrameCount = 1000

    /// How much of the WAL is in the database.
    struct CheckpointResult {
        /// The number of frames in the WAL.
        let frames: Int
        /// The number of them that are in the database.
        let moved: Int
        /// Whether a reader kept the WAL from being emptied.
        let isRead: Bool

        var isComplete: Bool { !isRead && frames == moved }
    }

    /// Checkpoints the WAL if it has become long.
    func checkpointIfDue(_ database: Database) {
        let frames = Int(memory.walFrames.pointee)
        guard frames > Self.maximumWALFrameCount else { return }
        let result = try? checkpoint(database)
        guard frames > 2 * Self.maximumWALFrameCount, result.map({ $0.moved < $0.frames }) ?? true
        else {
            warningMark.withLock { $0 = 0 }
            return
        }
        let isDue = warningMark.withLock { mark in
            guard frames > mark else { return false }
            mark = 2 * frames
            return true
        }
        guard isDue else { return }
        logger.warning(
            "a process that reads the store keeps its write-ahead log from shrinking",
            metadata: [
                "path": "\(files.writeAheadLog)", "frames": "\(frames)",
                "in-database": "\(result?.moved ?? 0)",
                "processes": "\(WALReaders(files).text)",
            ])
    }

    /// Moves what can be moved without waiting.
    ///
    /// - Parameter truncates: Whether the WAL is emptied if nobody reads it.
    /// - Throws: ``MomentlogError`` with `storage`, as on a full disk.
    func checkpoint(
        _ database: Database, truncates: Bool = false
    ) throws(MomentlogError) -> CheckpointResult {
        // A WAL that was truncated by others reads as zeros, which SQLite would write over the
        // database.
        guard let connection = database.sqliteConnection.map(UnsafeMutableRawPointer.init),
            hasLogHeader ?? true
        else { throw StoreParts.removed(files) }
        var (frames, moved): (CInt, CInt) = (0, 0)
        _ = momentlog_sqlite3_busy_timeout(connection, 0)
        let code = momentlog_sqlite3_checkpoint(connection, truncates ? 1 : 0, &frames, &moved)
        _ = momentlog_sqlite3_busy_timeout(
            connection, CInt(clamping: busyTimeout.microseconds / 1000))
        let result = ResultCode(rawValue: code)
        guard code == 0 || result == .SQLITE_BUSY else {
            // The commits are safe; the next one checkpoints again.
            logger.debug("the WAL was not checkpointed", metadata: ["error": "\(result)"])
            throw StorageFailure.mapped(
                DatabaseError(resultCode: result, message: "\(result)"), files)
        }
        return CheckpointResult(
            frames: max(0, Int(frames)), moved: max(0, Int(moved)), isRead: code != 0)
    }

    /// Leaves the store as one file and its head, as far as other processes allow it. The lease is
    /// held.
    func finish(_ database: Database) {
        try? leaveTransaction(database)
        // After a commit of unknown outcome the next opening decides.
        let isPoisoned = self.isPoisoned.withLock { $0 }
        switch parts.difference(files) {
        case nil: if isPoisoned { return }
        case .writeAheadLog:
            rescue(database)
            return
        // SQLite removes a WAL by its name, which may be another store's by now.
        case .database, .sharedMemory: return
        }
        guard (try? checkpoint(database))?.isComplete == true,
            (try? checkpoint(database, truncates: true))?.isComplete == true,
            let connection = database.sqliteConnection
        else { return }
        _ = momentlog_sqlite3_checkpoints_on_close(UnsafeMutableRawPointer(connection), 1)
    }
}
