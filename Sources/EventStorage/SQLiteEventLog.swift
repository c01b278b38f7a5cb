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
    let readers: DatabasePool
    private let writer: Mutex<SQLiteWriter?>

    /// How a log is opened.
    public struct Options: Sendable {
        /// Whether a store that is not there is made.
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
        let files = StoreFiles(database: path)
        let lease = WriteLease(path: files.head, timeout: options.busyTimeout)
        if !files.exists {
            guard options.createsStore else {
                throw MomentlogError(
                    .storage, "there is no store at \(path)",
                    hint: "'momentlog import PATH' makes one; --store names another")
            }
            try await SQLiteWriter.migrate(files: files, lease: lease, creating: true)
        }
        let readers: DatabasePool
        do {
            readers = try DatabasePool(
                path: path, configuration: SQLiteConnection.readerConfiguration())
        } catch {
            throw StorageFailure.mapped(error, files)
        }
        let log = SQLiteEventLog(files: files, lease: lease, readers: readers, options: options)
        switch try await log.read({ try SchemaVersion.check($0, files) }) {
        case .current: break
        case .older, .none:
            try await SQLiteWriter.migrate(files: files, lease: lease, creating: false)
        }
        return log
    }

    private init(
        files: StoreFiles, lease: WriteLease, readers: DatabasePool, options: Options
    ) {
        self.files = files
        self.lease = lease
        self.readers = readers
        logger = options.logger
        writer = Mutex(nil)
    }

    // MARK: Appending

    public func append(_ commit: PendingCommit) async throws(MomentlogError) -> CommitReceipt {
        try await openWriter().append(commit)
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
        do {
            try readers.close()
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

    /// Runs a closure on one state of the database.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(MomentlogError) -> Value {
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
