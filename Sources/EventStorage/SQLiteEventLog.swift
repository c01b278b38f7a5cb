import Foundation
import GRDB
public import Logging
public import Moments
import Synchronization

/// The event log in an SQLite database.
///
/// One connection writes, under the store's ``WriteLease``; a few others only
/// read. Writes are in WAL mode with `synchronous=FULL`, which is read back on
/// every connection, so that an append returns only when its commit is on stable
/// storage (<https://www.sqlite.org/pragma.html#pragma_synchronous>).
///
/// It is a class because it owns connections and a lock.
public final class SQLiteEventLog: EventLog {
    let files: StoreFiles
    let lease: WriteLease
    let logger: Logger
    private let readers: Mutex<DatabasePool?>
    private let writer: Mutex<SQLiteWriter?>

    /// How a log is opened.
    public struct Options: Sendable {
        /// Whether a store that is not there is made, with the first append.
        public var createsStore: Bool
        /// How long an append waits for other writers.
        public var busyTimeout: Duration
        /// Where remarks about the log's work go.
        public var logger: Logger

        /// Puts options together.
        public init(
            createsStore: Bool, busyTimeout: Duration = .seconds(5),
            logger: Logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
        ) {
            self.createsStore = createsStore
            self.busyTimeout = busyTimeout
            self.logger = logger
        }
    }

    /// Opens the log in a database file, and brings its schema up to date.
    ///
    /// - Throws: ``MomentlogError``: `storage` if the file cannot be opened, is no
    ///   store, or cannot be made as durable as a store must be; `too-new` if a later
    ///   momentlog wrote it; `busy` if it has to be made or migrated and another
    ///   process holds it.
    public static func open(
        path: String, options: Options
    ) async throws(MomentlogError) -> SQLiteEventLog {
        let log = SQLiteEventLog(files: StoreFiles(database: path), options: options)
        guard log.files.exists || options.createsStore else {
            throw MomentlogError(
                .storage, "there is no store at \(path)",
                hint: "'momentlog import PATH' makes one; --store names another")
        }
        try await log.openReaders()
        return log
    }

    private init(files: StoreFiles, options: Options) {
        self.files = files
        lease = WriteLease(path: files.head, timeout: options.busyTimeout)
        logger = options.logger
        readers = Mutex(nil)
        writer = Mutex(nil)
    }

    /// Opens the connections that read, unless there is no store yet.
    private func openReaders() async throws(MomentlogError) {
        guard files.exists else { return }
        let opened: DatabasePool
        do {
            opened = try await connectReaders()
        } catch let error as MomentlogError {
            throw error
        } catch {
            throw StorageFailure.mapped(error, files)
        }
        readers.withLock { readers in readers = opened }
    }

    private func connectReaders() async throws -> DatabasePool {
        let configuration = SQLiteConnection.readerConfiguration(files)
        do {
            return try DatabasePool(path: files.database, configuration: configuration)
        } catch is SchemaOutdated {
            // An older store, or one whose maker was killed before its first commit.
            try await SQLiteWriter.migrate(files: files, lease: lease)
            return try DatabasePool(path: files.database, configuration: configuration)
        }
    }

    // MARK: Appending

    public func append(_ commit: PendingCommit) async throws(MomentlogError) -> CommitReceipt {
        if readers.withLock({ $0 == nil }) {
            if !files.exists {
                try files.create()
                try await SQLiteWriter.migrate(files: files, lease: lease)
            }
            try await openReaders()
        }
        return try await openWriter().append(commit)
    }

    private func openWriter() throws(MomentlogError) -> SQLiteWriter {
        let result: Result<SQLiteWriter, MomentlogError> = writer.withLock { writer in
            if let writer { return .success(writer) }
            do throws(MomentlogError) {
                let opened = try SQLiteWriter(files: files, lease: lease, logger: logger)
                writer = opened
                return .success(opened)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    // MARK: Closing

    /// Ends the use of the log. If no other process writes at that moment, all is
    /// moved from the WAL into the database, so that the store is one file and its
    /// head.
    public func close() async {
        let readers = self.readers.withLock { readers in
            defer { readers = nil }
            return readers
        }
        do {
            try readers?.close()
        } catch {
            logger.warning("a reader could not be closed", metadata: ["error": "\(error)"])
        }
        let writer = self.writer.withLock { writer in
            defer { writer = nil }
            return writer
        }
        if let writer {
            await writer.close()
        } else if FileManager.default.fileExists(atPath: files.writeAheadLog) {
            await SQLiteWriter.tidy(files: files, lease: lease, logger: logger)
        }
    }

    // MARK: Reading

    /// Runs a closure on one state of the database; returns nil if there is no store
    /// yet.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(MomentlogError) -> Value? {
        guard let readers = readers.withLock({ $0 }) else { return nil }
        let files = self.files
        let result: Result<Value, MomentlogError> = await withCheckedContinuation { continuation in
            readers.asyncRead { database in
                do {
                    continuation.resume(returning: .success(try body(database.get())))
                } catch {
                    continuation.resume(returning: .failure(StorageFailure.mapped(error, files)))
                }
            }
        }
        return try result.get()
    }
}
