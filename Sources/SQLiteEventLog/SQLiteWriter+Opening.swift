import CShims
import EventLog
import Files
import GRDB
import Moments
import Synchronization

/// The steps before a writer's connection is used.
extension SQLiteWriter {
    /// Migrates the schema; returns the files that the connection has open.
    ///
    /// They are checked before anything is written to them: another process may have put others in
    /// their place right before SQLite opened them.
    ///
    /// - Parameter recorded: The head, if a log that has lost events is not to be written to.
    static func migrated(
        _ queue: DatabaseQueue, _ files: StoreFiles, _ file: DatabaseFile, _ recorded: StoreHead?
    ) throws -> StoreParts {
        try queue.inDatabase { database in
            // Opens the write-ahead log and its index, too.
            let version = try SchemaVersion.check(database, files)
            let parts = try openParts(database, files, file)
            if case .none = version, let recorded, recorded.size > 0 {
                throw HeadMismatch(recorded: recorded, found: 0, reason: .noDatabase).error(files)
            }
            try SchemaVersion.migrate(database, files)
            guard parts.difference(files) == nil else { throw StoreParts.removed(files) }
            return parts
        }
    }

    /// Returns the files that a connection has open, if they are those at the store's paths.
    static func openParts(
        _ database: Database, _ files: StoreFiles, _ file: DatabaseFile
    ) throws -> StoreParts {
        guard let connection = database.sqliteConnection,
            momentlog_sqlite3_has_moved(UnsafeMutableRawPointer(connection)) != 1
        else { throw StoreFiles.replaced(files.database) }
        guard let parts = StoreParts(files), parts.areOpen else {
            throw StoreParts.removed(files)
        }
        guard parts.database == file.identity else { throw StoreFiles.replaced(files.database) }
        try files.checkWritableParts(
            databaseOwner: FileDetails(descriptor: file.descriptor)?.owner)
        return parts
    }

    /// Rolls back the unfinished transaction of another program, and nothing else: the database may
    /// belong to another application. It blocks its thread.
    static func takeBack(
        _ files: StoreFiles, _ file: DatabaseFile, within limit: Duration
    ) throws(MomentlogError) {
        let lease = WriteLease(files, file, timeout: limit)
        try lease.acquire()
        defer { lease.release() }
        try files.checkWritable(file.identity)
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(limit.seconds)
            let queue = try DatabaseQueue(path: files.existingURI, configuration: configuration)
            defer { try? queue.close() }
            // SQLite does so before it reads anything.
            _ = try queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Returns an error if this process has the index of the WAL open for reading only, and so
    /// cannot change it; else nil.
    static func passivelyShared(
        _ file: DatabaseFile, _ files: StoreFiles
    ) -> MomentlogError? {
        guard file.entry.state.withLock({ $0.passiveSharers > 0 }) else { return nil }
        return MomentlogError(
            .busy,
            "this process reads the store \(files.database) in a session that is open for reading"
                + " only, and meanwhile cannot change it",
            hint: "close that session, or open it for reading and writing")
    }
}
