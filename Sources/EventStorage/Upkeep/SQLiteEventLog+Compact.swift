import GRDB
public import Moments

/// What compacting a store came to.
public struct CompactionReport: Sendable, Hashable {
    /// The size of database and WAL before, in bytes.
    public let bytesBefore: Int
    /// The size after.
    public let bytesAfter: Int
}

extension SQLiteEventLog {
    /// Moves the WAL into the database, and builds the database anew without the room that
    /// is free in it. No event is touched, and the head is the same after it.
    ///
    /// - Throws: ``MomentlogError`` with `busy` if others held the store too long, `storage`
    ///   if there is no room for the copy that SQLite makes: nothing has changed then.
    /// - Complexity: O(*n*) in the store's bytes.
    public func compact() async throws(MomentlogError) -> CompactionReport {
        guard try await read({ _ in true }) != nil else {
            throw MomentlogError(
                .storage, "there is no store at \(files.database) to compact",
                hint: "name a store that exists", suggestion: .nameStore)
        }
        let before = diskSize
        try await openedWriter().compact()
        return CompactionReport(bytesBefore: before, bytesAfter: diskSize)
    }

    private var diskSize: Int { Self.size(of: files.database) + Self.size(of: files.writeAheadLog) }
}

extension SQLiteWriter {
    /// Builds the database anew; see ``SQLiteEventLog/compact()``.
    fileprivate func compact() async throws(MomentlogError) {
        let result: Result<Void, MomentlogError> = await perform { [self] database in
            do {
                let before = try CommitPlace.last(database)
                checkpoint(database, "TRUNCATE")
                // https://www.sqlite.org/lang_vacuum.html: a transaction of its own.
                try database.execute(sql: "VACUUM")
                checkpoint(database, "TRUNCATE")
                let after = try CommitPlace.last(database)
                guard before?.size == after?.size, before?.root == after?.root else {
                    throw MomentlogError(
                        .corrupt, "the log's end is another one after compacting",
                        hint: "keep the file, and restore a backup")
                }
                return .success(())
            } catch {
                return .failure(StorageFailure.mapped(error, files))
            }
        }
        try result.get()
    }
}
