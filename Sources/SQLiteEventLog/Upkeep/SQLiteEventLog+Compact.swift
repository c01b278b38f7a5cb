import EventLog
import GRDB
public import Moments

/// The result of compacting a store.
public struct CompactionReport: Sendable, Hashable {
    /// The size of database and WAL before, in bytes.
    public let bytesBefore: Int
    /// The size after.
    public let bytesAfter: Int
    /// Whether the database file has its new size. Otherwise a process has begun to read the store
    /// in the meantime, and the file shrinks with a later change.
    public let isComplete: Bool
}

extension SQLiteEventLog {
    /// Moves the WAL into the database, and rebuilds the database without unused space. No event is
    /// touched, and the head stays the same.
    ///
    /// - Throws: ``MomentlogError`` with `busy` if others held the store too long, or a process
    ///   reads its write-ahead log, so that no space can be reclaimed; `storage` if there is not
    ///   enough space for the copy that SQLite makes: nothing has changed then.
    /// - Complexity: O(*n*) in the store's bytes.
    public func compact() async throws(MomentlogError) -> CompactionReport {
        guard try await read({ _ in true }) != nil else {
            throw noStoreToCompact
        }
        let before = diskSize
        let isComplete = try await openedWriter().compact()
        return CompactionReport(
            bytesBefore: before, bytesAfter: diskSize, isComplete: isComplete)
    }

    /// What ``compact()`` would come to: the pages of the database that are in use. Nothing is
    /// changed.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    public func plannedCompaction() async throws(MomentlogError) -> CompactionReport {
        let used = try await read { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            return (pages - free) * (try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
        }
        guard let used else { throw noStoreToCompact }
        return CompactionReport(bytesBefore: diskSize, bytesAfter: used, isComplete: true)
    }

    private var noStoreToCompact: MomentlogError {
        MomentlogError(
            .storage, "there is no store at \(files.database) to compact",
            hint: "name a store that exists", suggestion: .nameStore)
    }

    private var diskSize: Int { Self.size(of: files.database) + Self.size(of: files.writeAheadLog) }
}

extension SQLiteWriter {
    /// Rebuilds the database, and returns whether it could be moved out of the WAL; see
    /// ``SQLiteEventLog/compact()``.
    fileprivate func compact() async throws(MomentlogError) -> Bool {
        try await perform { [self] database throws(MomentlogError) in
            do {
                let commits = CommitTable(database: database)
                let before = try commits.tree(after: commits.last())
                // The new database is written to the WAL: while that is read, more space would be
                // used, and none reclaimed.
                guard try checkpoint(database, truncates: true).isComplete else {
                    throw beingRead
                }
                // https://www.sqlite.org/lang_vacuum.html: its own transaction.
                try database.execute(sql: "VACUUM")
                let isComplete = (try? checkpoint(database, truncates: true))?.isComplete == true
                let after = try commits.tree(after: commits.last())
                guard before == after else {
                    throw MomentlogError(
                        .corrupt, "the log's end has changed during compacting",
                        hint: "keep the file, and restore a backup")
                }
                return isComplete
            } catch {
                throw StorageFailure.mapped(error, files)
            }
        }
    }

    private var beingRead: MomentlogError {
        MomentlogError(
            .busy,
            "the store \(files.database) was not compacted: it is being read (process"
                + " \(WALReaders(files).text)), and no space can be reclaimed meanwhile",
            hint: "try again when those processes have ended; nothing was changed")
    }
}
