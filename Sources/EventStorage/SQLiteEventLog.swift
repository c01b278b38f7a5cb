import Dispatch
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
    private let access: StoreAccess
    private let readers: Mutex<DatabasePool?>
    private let writer: Mutex<SQLiteWriter?>
    /// The file that the readers have open.
    private let identity = Mutex<FileIdentity?>(nil)
    /// The database file that the readers have open as one that does not change; nil if they
    /// expect changes, or it cannot change.
    private let stamp = Mutex<FileStamp?>(nil)
    /// How the log contradicted its head file when it was opened.
    private let contradiction = Mutex<HeadContradiction?>(nil)
    /// What the log recorded of a loss when it was opened.
    private let acceptedLoss = Mutex<AcceptedLoss?>(nil)
    private let isClosed = Mutex(false)
    private let opening = DispatchQueue(label: "momentlog.opening")

    /// How a log is opened.
    public struct Options: Sendable {
        /// Whether a store that is not there is made, with the first append.
        public var createsStore: Bool
        /// How long an append waits for other writers.
        public var busyTimeout: Duration
        /// Who goes on with a log that is behind its head file; nil to refuse it.
        public var lossAcceptance: LossAcceptance?
        /// What opening and using it may do with it.
        public var access: StoreAccess
        /// Where remarks about the log's work go.
        public var logger: Logger

        /// Puts options together.
        public init(
            createsStore: Bool, busyTimeout: Duration = .seconds(5),
            lossAcceptance: LossAcceptance? = nil, access: StoreAccess = .readWrite,
            logger: Logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
        ) {
            self.createsStore = createsStore
            self.busyTimeout = busyTimeout
            self.lossAcceptance = lossAcceptance
            self.access = access
            self.logger = logger
        }
    }

    /// Opens the log in a database file, and brings its schema up to date.
    ///
    /// - Throws: ``MomentlogError``: `storage` if the file cannot be opened, is no
    ///   store, or cannot be made as durable as a store must be, or if its head file cannot
    ///   be read; `too-new` if a later
    ///   momentlog wrote it; `behind-head` if the head file tells of events that it does not
    ///   hold; `busy` if it has to be made or migrated and another process holds it; `read-only`
    ///   if it has to be changed before it can be read, and may not.
    /// - Complexity: O(log *n*) in the events.
    public static func open(
        path: String, options: Options
    ) async throws(MomentlogError) -> SQLiteEventLog {
        let log = SQLiteEventLog(path: path, options: options)
        try await log.onOpeningQueue { log throws(MomentlogError) in try log.begin(options) }
        return log
    }

    /// As ``open(path:options:)``, but blocks its thread.
    static func openNow(
        path: String, options: Options
    ) throws(MomentlogError) -> SQLiteEventLog {
        let log = SQLiteEventLog(path: path, options: options)
        try log.begin(options)
        return log
    }

    private func begin(_ options: Options) throws(MomentlogError) {
        do throws(MomentlogError) {
            var contradiction = try compareWithHead(options)
            // Another store may have been put there in between.
            if contradiction != nil { contradiction = try compareWithHead(options) }
            guard let contradiction else { return }
            self.contradiction.withLock { $0 = contradiction }
            if access != .readWrite && contradiction.reason != .noDatabase {
                if access == .readOnly { logger.warning("\(contradiction.message(files))") }
                return
            }
            guard access == .readWrite, let acceptance = options.lossAcceptance else {
                throw contradiction.error(files)
            }
            let accepted = try openWriter().accept(acceptance)
            acceptedLoss.withLock { $0 = accepted }
        } catch {
            let hasOpened = readers.withLock { readers in
                defer { readers = nil }
                try? readers?.close()
                return readers != nil
            }
            if writer.withLock({ $0 != nil }) {
                closeNow()
            } else if hasOpened, access != .readOnly, files.hasEmptyWAL {
                // Readers made it. One that holds something stays as it is: it may be all
                // that is left of a lost tail.
                SQLiteWriter.tidy(files: files, lease: lease, logger: logger)
            }
            throw error
        }
    }

    /// Opens what is there, and holds it against the head file, which is read before.
    private func compareWithHead(_ options: Options) throws(MomentlogError) -> HeadContradiction? {
        let head = try HeadFile.read(files.head)
        // First, because it finds what is there only because its maker was killed.
        try openReaders()
        guard let readers = readers.withLock({ $0 }) else {
            if case .head(let told) = head, told.size > 0 {
                return HeadContradiction(told: told, found: 0, reason: .noDatabase)
            }
            guard options.createsStore else {
                throw MomentlogError(
                    .storage, "there is no store at \(files.database)",
                    hint: "import a library, which makes one, or name another",
                    suggestion: .makeStore)
            }
            return nil
        }
        let (contradiction, size): (HeadContradiction?, Int)
        do {
            (contradiction, size) = try readers.read { database in
                (
                    try head.contradiction(with: database),
                    try CommitPlace.last(database)?.size ?? 0
                )
            }
        } catch {
            throw StorageFailure.mapped(error, files)
        }
        switch head {
        case .head(let told) where told.size < size && contradiction == nil && access == .readWrite:
            // A process died between a commit and its head, or is just there.
            if !files.isOnReadOnlyFileSystem {
                SQLiteWriter.tidy(files: files, lease: lease, logger: logger)
            }
        case .absent where size > 0, .damaged where size > 0:
            logger.warning(
                "the head file, which tells of a lost tail, is absent or damaged; the next commit writes it",
                metadata: ["path": "\(files.head)"])
        default: break
        }
        return contradiction
    }

    private init(path: String, options: Options) {
        files = StoreFiles(path: path)
        lease = WriteLease(path: files.head, timeout: options.busyTimeout)
        logger = options.logger
        access = options.access
        readers = Mutex(nil)
        writer = Mutex(nil)
    }

    /// Runs what makes, migrates or opens files: one at a time, and not on the tasks'
    /// few threads, since it may wait for the lease.
    func onOpeningQueue<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteEventLog) throws(MomentlogError) -> Value
    ) async throws(MomentlogError) -> Value {
        let result: Result<Value, MomentlogError> = await withCheckedContinuation { continuation in
            opening.async { [self] in
                do throws(MomentlogError) {
                    continuation.resume(returning: .success(try body(self)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Opens the connections that read, unless they are or there is no store yet.
    private func openReaders() throws(MomentlogError) {
        guard readers.withLock({ $0 == nil }), try files.presence() == .something else { return }
        let opened: DatabasePool
        let found = try files.identity()
        do {
            opened = try connectReaders()
        } catch let error as DatabaseError
            where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
        {
            // A maker was killed while its first transaction was written; later ones are
            // in the WAL. Only who may write can take that back.
            guard access != .readOnly else { throw unreadableAsItIs("was left half created") }
            try SQLiteWriter.rollBack(files: files, lease: lease)
            return try openReaders()
        } catch {
            throw StorageFailure.mapped(error, files)
        }
        readers.withLock { readers in readers = opened }
        identity.withLock { identity in identity = found }
    }

    private func connectReaders() throws -> DatabasePool {
        if files.isOnReadOnlyFileSystem {
            // A backup on a medium, say. Nobody can change it, and SQLite can make no WAL.
            return try connectReadersToUnchanging()
        }
        if access == .readOnly {
            // Nobody has it open, or nobody has changed it yet. SQLite would make a WAL.
            if let stamp = try files.stamp(), !stamp.hasWAL {
                let opened = try connectReadersToUnchanging()
                self.stamp.withLock { $0 = stamp }
                return opened
            }
            do {
                return try DatabasePool(
                    path: files.database,
                    configuration: SQLiteConnection.readerConfiguration(files))
            } catch is SchemaOutdated {
                throw unreadableAsItIs("has an older schema")
            }
        }
        let configuration = SQLiteConnection.readerConfiguration(files)
        do {
            return try DatabasePool(path: files.database, configuration: configuration)
        } catch is SchemaOutdated {
            // An older store, or one whose maker was killed before its first commit.
            try SQLiteWriter.migrate(files: files, lease: lease)
            return try DatabasePool(path: files.database, configuration: configuration)
        }
    }

    private func connectReadersToUnchanging() throws -> DatabasePool {
        do {
            return try DatabasePool(
                path: try files.immutableURI(),
                configuration: SQLiteConnection.readerConfiguration(files, isImmutable: true))
        } catch is SchemaOutdated {
            throw unreadableAsItIs("has an older schema")
        }
    }

    private func unreadableAsItIs(_ why: String) -> MomentlogError {
        MomentlogError(
            .readOnly,
            "the store \(files.database) \(why), and cannot be read without a change to it",
            hint: "copy it with its -wal and its .head, and open the copy for writing")
    }

    // MARK: Appending

    /// Appends commits; see ``EventLog/append(_:keeping:)``.
    ///
    /// - Complexity: O(*m* log *n*) in their *m* events and the log's *n*.
    public func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        guard !commits.isEmpty || !requests.isEmpty else { return [] }
        return try await openedWriter().append(commits, keeping: requests)
    }

    /// Appends commits at once, if it can; see ``EventLog/appendAlone(_:keeping:)``.
    ///
    /// - Complexity: O(*m* log *n*) in their *m* events and the log's *n*.
    public func appendAlone(
        _ commits: [PendingCommit], keeping requests: [RequestRecord]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        guard !commits.isEmpty || !requests.isEmpty else { return [] }
        return try await openedWriter().appendAlone(commits, keeping: requests)
    }

    /// The connection that writes; the store is made if need be.
    func openedWriter() async throws(MomentlogError) -> SQLiteWriter {
        try checkOpen()
        var writer = self.writer.withLock { $0 }
        if writer == nil {
            writer = try await onOpeningQueue { log throws(MomentlogError) in
                try log.openWriter()
            }
        }
        guard let writer else { throw closedError }
        return writer
    }

    /// Makes the store if need be, and opens its connections.
    func openWriter() throws(MomentlogError) -> SQLiteWriter {
        if let known = writer.withLock({ $0 }) { return known }
        try checkOpen()
        guard access == .readWrite else {
            throw MomentlogError(
                .readOnly, "the store \(files.database) is open for reading only",
                hint: "open it for writing to change it")
        }
        if try files.presence() == .nothing { try files.create() }
        if try files.presence() == .emptyFile {
            try SQLiteWriter.migrate(files: files, lease: lease)
        }
        try openReaders()
        let opened = try SQLiteWriter(files: files, lease: lease, logger: logger)
        writer.withLock { writer in writer = opened }
        return opened
    }

    // MARK: Closing

    /// Ends the use of the log. If no other process writes at that moment, all is
    /// moved from the WAL into the database, so that the store is one file and its
    /// head.
    public func close() async {
        await withCheckedContinuation { continuation in
            opening.async { [self] in
                closeNow()
                continuation.resume()
            }
        }
    }

    /// As ``close()``, but blocks its thread.
    func closeNow() {
        guard
            isClosed.withLock({ isClosed in
                defer { isClosed = true }
                return !isClosed
            })
        else { return }
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
            writer.close()
        } else if access == .readWrite, FileManager.default.fileExists(atPath: files.writeAheadLog)
        {
            SQLiteWriter.tidy(files: files, lease: lease, logger: logger)
        }
    }

    private func checkOpen() throws(MomentlogError) {
        guard isClosed.withLock({ !$0 }) else { throw closedError }
    }

    private var closedError: MomentlogError {
        MomentlogError(
            .storage, "the store \(files.database) was closed", hint: "open it again")
    }

    // MARK: Reading

    /// The connections that read; nil if there is no store yet.
    func openedReaders() throws(MomentlogError) -> DatabasePool? {
        try dropStaleReaders()
        try openReaders()
        return readers.withLock { $0 }
    }

    /// Runs a closure on one state of the database. It blocks its thread.
    func readNow<Value>(_ body: (Database) throws -> Value) throws(MomentlogError) -> Value {
        do {
            guard let readers = try openedReaders() else {
                throw MomentlogError(.storage, "there is no store at \(files.database)")
            }
            return try readers.read(body)
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Runs a closure on one state of the database; returns nil if there is no store
    /// yet.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(MomentlogError) -> Value? {
        try checkOpen()
        var known = readers.withLock { $0 }
        if known == nil {
            // Another process may have made the store since it was opened here.
            known = try await onOpeningQueue { log throws(MomentlogError) in
                try log.checkOpen()
                try log.openReaders()
                return log.readers.withLock { $0 }
            }
        }
        guard known != nil else { return nil }
        let files = self.files
        if let identity = identity.withLock({ $0 }) { try files.check(identity) }
        var stamp: FileStamp?
        if readStamp != nil {
            // Both change on that queue only.
            (known, stamp) = try await onOpeningQueue { log throws(MomentlogError) in
                (try log.openedReaders(), log.readStamp)
            }
        }
        guard let readers = known else { return nil }
        let result: Result<Value, MomentlogError> = await withCheckedContinuation { continuation in
            // Not its `asyncRead`, which takes for granted that a transaction can be ended.
            readers.asyncUnsafeRead { database in
                do {
                    let value = try ReadTransaction.run(in: database.get(), body)
                    continuation.resume(returning: .success(value))
                } catch {
                    continuation.resume(returning: .failure(StorageFailure.mapped(error, files)))
                }
            }
        }
        try checkUnchanged(since: stamp)
        return try result.get()
    }

    /// Lets go of connections to a database that was taken for unchanging and has changed.
    ///
    /// Who still reads from them ends first.
    private func dropStaleReaders() throws(MomentlogError) {
        guard let known = stamp.withLock({ $0 }), try files.stamp() != known else { return }
        readers.withLock { $0 = nil }
        stamp.withLock { $0 = nil }
    }

    /// What the readers take for unchanging; nil if they expect changes.
    var readStamp: FileStamp? { stamp.withLock { $0 } }

    /// Withholds what was read of a database that changed meanwhile, and was taken for
    /// unchanging.
    ///
    /// - Throws: ``MomentlogError`` with `busy`.
    func checkUnchanged(since stamp: FileStamp?) throws(MomentlogError) {
        guard let stamp, try files.stamp()?.database != stamp.database else { return }
        throw MomentlogError(
            .busy, "the store \(files.database) was changed while it was read",
            hint: "try again")
    }

    // MARK: Losses

    /// How the log contradicts its head file; nil if it does not.
    ///
    /// The store is only read. See ``acceptLoss(path:options:_:)``.
    ///
    /// - Throws: ``MomentlogError`` as ``open(path:options:)`` does for read-only access, but
    ///   `behind-head`.
    /// - Complexity: O(log *n*) in the events.
    public static func loss(
        path: String, options: Options
    ) async throws(MomentlogError) -> StoreLoss? {
        var options = options
        options.access = .readOnly
        options.logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
        let log = SQLiteEventLog(path: path, options: options)
        let asked = options
        do {
            try await log.onOpeningQueue { log throws(MomentlogError) in try log.begin(asked) }
        } catch {
            guard error.code == .behindHead else { throw error }
        }
        await log.close()
        return log.contradiction.withLock { $0 }.map { StoreLoss($0, log.files) }
    }

    /// Records that events which the head file lists are lost, and writes the head file anew;
    /// returns nil if none are.
    ///
    /// - Throws: ``MomentlogError`` as ``open(path:options:)`` does, but `behind-head`; `usage`
    ///   for a provenance that the log cannot hold.
    /// - Complexity: O(log *n*) in the events.
    public static func acceptLoss(
        path: String, options: Options, _ acceptance: LossAcceptance
    ) async throws(MomentlogError) -> AcceptedLoss? {
        var options = options
        options.lossAcceptance = acceptance
        let log = try await open(path: path, options: options)
        await log.close()
        return log.acceptedLoss.withLock { $0 }
    }
}
