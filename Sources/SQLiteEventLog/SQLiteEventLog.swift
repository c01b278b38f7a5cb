public import EventLog
import Files
import Foundation
import GRDB
public import Logging
public import Moments
import Synchronization

/// The event log in an SQLite database.
///
/// One connection writes, under the store's write lease; a few others only read. Writes use WAL
/// mode with `synchronous=FULL`, which is read back on every connection, so that an append returns
/// only when its commit is on stable storage
/// (<https://www.sqlite.org/pragma.html#pragma_synchronous>).
///
/// It is a class because it owns connections and a lock.
public final class SQLiteEventLog: EventLog {
    let files: StoreFiles
    let logger: Logger
    private let access: StoreAccess
    /// The only database that is written to; nil for the one at the path, whichever it is.
    private let onlyIdentity: FileIdentity?
    /// The time that an append waits for other writers if no limit is given.
    public let busyTimeout: Duration
    let reader: StoreReader
    private let writer: Mutex<SQLiteWriter?>
    /// The contradiction between the log and its head file when it was opened.
    private let contradiction = Mutex<HeadMismatch?>(nil)
    /// The loss that was recorded when the log was opened.
    private let acceptedLoss = Mutex<AcceptedLoss?>(nil)
    private let isClosed = Mutex(false)
    let knownIdentity = KnownIdentity()
    let cache = DomainCache()
    /// Creates, migrates, opens and closes files, one at a time.
    let opening = BlockingWork(serial: "momentlog.opening")

    /// The options of opening a log.
    public struct Options: Sendable {
        /// Whether a missing store is created, with the first append.
        public var createsStore: Bool
        /// The time that an append waits for other writers.
        public var busyTimeout: Duration
        /// The acknowledgement with which to continue a log that is behind its head file; nil to
        /// refuse it.
        public var lossAcceptance: LossAcceptance?
        /// The permitted access.
        public var access: StoreAccess
        /// Receives log messages.
        public var logger: Logger

        /// Creates options.
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

    /// Opens the log in a database file, and migrates its schema.
    ///
    /// - Throws: ``MomentlogError``: `storage` if the file cannot be opened, is not a store, or
    ///   cannot be made as durable as a store must be, or if its head file cannot be read;
    ///   `too-new` if a later momentlog wrote it; `behind-head` if the head file lists events that
    ///   it does not have; `busy` if it has to be created or migrated and another process holds it;
    ///   `read-only` if it has to be changed before it can be read, and must not be.
    /// - Complexity: O(log *n*) in the events.
    public static func open(
        path: String, options: Options
    ) async throws(MomentlogError) -> SQLiteEventLog {
        let log = SQLiteEventLog(path: path, options: options)
        try await log.opening.run { _ throws(MomentlogError) in try log.begin(options) }
        return log
    }

    /// As ``open(path:options:)``, but blocks its thread.
    ///
    /// - Parameter identity: The only database that is written to; nil for any at the path.
    static func openNow(
        path: String, options: Options, only identity: FileIdentity? = nil
    ) throws(MomentlogError) -> SQLiteEventLog {
        let log = SQLiteEventLog(path: path, options: options, only: identity)
        try log.begin(options)
        return log
    }

    private func begin(_ options: Options) throws(MomentlogError) {
        do throws(MomentlogError) {
            if access == .readWrite, files.journal == .ofOthers, let file = try databaseFile() {
                try requireIdentity(of: file)
                try SQLiteWriter.takeBack(files, file, within: busyTimeout)
            }
            // Until it was compared.
            reader.readsWhatIsBehind = true
            var contradiction = try compareWithHead(options)
            // Another store may have replaced it in the meantime.
            if contradiction != nil { contradiction = try compareWithHead(options) }
            guard let contradiction else {
                reader.readsWhatIsBehind = false
                return
            }
            self.contradiction.withLock { $0 = contradiction }
            if access.readsWhatIsBehind && contradiction.reason != .noDatabase {
                if access == .readOnly {
                    logger.warning(
                        "\(contradiction.message(files))", metadata: ["code": "behind-head"])
                }
                return
            }
            guard access == .readWrite, let acceptance = options.lossAcceptance else {
                throw contradiction.error(files)
            }
            let accepted = try openWriter().accept(acceptance)
            acceptedLoss.withLock { $0 = accepted }
        } catch {
            closeNow()
            throw error
        }
    }

    /// Opens the store, and compares it with the head file, which is read before.
    private func compareWithHead(_ options: Options) throws(MomentlogError) -> HeadMismatch? {
        let head = try HeadFile.read(files.head)
        let found = try reader.readNow { database in
            (
                try head.contradiction(with: database),
                try CommitTable(database: database).last()
            )
        }
        guard let (contradiction, last) = found else {
            if case .head(let recorded) = head, recorded.size > 0 {
                return HeadMismatch(recorded: recorded, found: 0, reason: .noDatabase)
            }
            guard options.createsStore else {
                throw MomentlogError(
                    .storage, "there is no store at \(files.database)",
                    hint: "import a library, which makes one, or name another",
                    suggestion: .makeStore
                ).detailing("store", .text(files.database))
            }
            return nil
        }
        switch head {
        // A restored store's is written next.
        case .absent where last.size > 0 && onlyIdentity == nil, .damaged where last.size > 0:
            // Another process may be about to write the first one, right after the first commit.
            if last.number == 1, try writesHead(within: .milliseconds(20)) {
                return try compareWithHead(options)
            }
            logger.warning(
                "the head file, which shows whether events are lost, is missing or damaged; the next commit writes it",
                metadata: ["path": "\(files.head)"])
        default: break
        }
        if let links = FileDetails(path: files.database)?.links, links > 1 {
            logger.warning(
                "the database has several names (hard links): commits under another name that are still in its -wal are not seen, and the store cannot be changed",
                metadata: ["path": "\(files.database)", "names": "\(links)"])
        }
        return contradiction
    }

    /// Returns whether there is a head file, or is one soon.
    private func writesHead(within wait: Duration) throws(MomentlogError) -> Bool {
        let end = ContinuousClock.now + wait
        while true {
            if try HeadFile.read(files.head).recorded != nil { return true }
            guard ContinuousClock.now < end else { return false }
            usleep(1_000)
        }
    }

    private init(path: String, options: Options, only identity: FileIdentity? = nil) {
        onlyIdentity = identity
        let files = StoreFiles(path: path)
        self.files = files
        logger = options.logger
        access = options.access
        busyTimeout = options.busyTimeout.asWait
        reader = StoreReader(
            files, retryLimit: Self.retryLimit(options.busyTimeout.asWait),
            isWriting: options.access == .readWrite
        ) { try SQLiteConnection.prepareReader($0, files) }
        writer = Mutex(nil)
    }

    // MARK: Appending

    /// Returns the connection that writes; the store is created if necessary.
    ///
    /// - Parameter deadline: The deadline of waiting for other writers; nil for the default.
    func openedWriter(
        until deadline: ContinuousClock.Instant? = nil
    ) async throws(MomentlogError) -> SQLiteWriter {
        try checkOpen()
        var writer = self.writer.withLock { $0 }
        if writer == nil {
            writer = try await opening.run { [self] _ throws(MomentlogError) in
                try openWriter(until: deadline)
            }
        }
        guard let writer else { throw closedError }
        return writer
    }

    /// Returns the deadline of a wait that begins now; without a limit, the default.
    func deadline(_ limit: Duration?) -> ContinuousClock.Instant {
        .now + (limit ?? busyTimeout).asWait
    }

    /// Returns the database that is read, or else the one at the path; nil if there is none.
    private func databaseFile() throws(MomentlogError) -> DatabaseFile? {
        if let known = reader.file { return known }
        return try DatabaseFile.open(files.database)
    }

    /// Creates the store if necessary, and opens the connection that writes.
    ///
    /// It blocks its thread.
    func openWriter(
        until deadline: ContinuousClock.Instant? = nil
    ) throws(MomentlogError) -> SQLiteWriter {
        if let known = writer.withLock({ $0 }) { return known }
        try checkOpen()
        guard access == .readWrite else {
            throw MomentlogError(
                .readOnly, "the store \(files.database) is open for reading only",
                hint: "open it for writing to change it")
        }
        let presence = try files.presence()
        if presence == .nothing, onlyIdentity == nil { try files.create() }
        if presence == .something {
            // Refuse what is not a store, or one of a later momentlog, before anything is written.
            _ = try reader.readNow { _ in true }
        }
        guard let file = try databaseFile() else { throw files.failure("open", ENOENT) }
        try requireIdentity(of: file)
        reader.keep(file)
        let opened = try SQLiteWriter(
            files, file, cache, busyTimeout: busyTimeout, until: deadline,
            acceptsLoss: reader.readsWhatIsBehind, logger: logger)
        writer.withLock { writer in writer = opened }
        return opened
    }

    private func requireIdentity(of file: DatabaseFile) throws(MomentlogError) {
        guard onlyIdentity == nil || file.identity == onlyIdentity else {
            throw StoreFiles.replaced(files.database)
        }
    }

    // MARK: Closing

    /// Closes the log. If it has changed the store and no other process is writing, the WAL is
    /// moved into the database, so that the store is one file and its head.
    public func close() async {
        try? await opening.run { [self] _ in closeNow() }
    }

    /// As ``close()``, but blocks its thread.
    func closeNow() {
        guard
            isClosed.withLock({ isClosed in
                defer { isClosed = true }
                return !isClosed
            })
        else { return }
        reader.close()
        let writer = self.writer.withLock { writer in
            defer { writer = nil }
            return writer
        }
        writer?.close()
    }

    func checkOpen() throws(MomentlogError) {
        guard isClosed.withLock({ !$0 }) else { throw closedError }
    }

    private var closedError: MomentlogError { StoreReader.closed(files) }

    // MARK: Reading

    /// Runs a closure on one state of the database; nil if there is no store yet. The closure
    /// may run several times: see ``StoreReader``.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(MomentlogError) -> Value? {
        try checkOpen()
        try checkWriter()
        return try await reader.read(body)
    }

    /// As ``read(_:)``, but blocks its thread.
    func readNow<Value>(
        unless cancellation: Cancellation? = nil, _ body: (Database) throws -> Value
    ) throws(MomentlogError) -> Value? {
        try checkOpen()
        try checkWriter()
        return try reader.readNow(unless: cancellation, body)
    }

    /// Refuses to read the store's files if they are not those that the writer has open: they may
    /// be older than what was acknowledged.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    private func checkWriter() throws(MomentlogError) {
        guard let writer = writer.withLock({ $0 }),
            let difference = writer.parts.difference(files)
        else { return }
        throw writer.refusal(difference, isRescued: false)
    }

    /// Returns another reader of the store, of the same file, for work that outlives the log.
    func newReader() -> StoreReader {
        let files = self.files
        let new = StoreReader(
            files, retryLimit: Self.retryLimit(busyTimeout), isWriting: access == .readWrite
        ) { try SQLiteConnection.prepareReader($0, files) }
        if let file = reader.file { new.keep(file) }
        new.readsWhatIsBehind = reader.readsWhatIsBehind
        return new
    }

    /// The time for which a read of a changing store is repeated.
    private static func retryLimit(_ busyTimeout: Duration) -> Duration {
        max(busyTimeout, .seconds(1))
    }

    // MARK: Losses

    /// Returns how the log contradicts its head file; nil if it does not.
    ///
    /// The store is only read. See ``acceptLoss(path:options:_:)``.
    ///
    /// - Throws: ``MomentlogError`` as ``open(path:options:)`` does for read-only access, except
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
            try await log.opening.run { _ throws(MomentlogError) in try log.begin(asked) }
        } catch {
            guard error.code == .behindHead else { throw error }
        }
        await log.close()
        return log.contradiction.withLock { $0 }.map { StoreLoss($0, log.files) }
    }

    /// Records that events which the head file lists are lost, and rewrites the head file; returns
    /// nil if none are.
    ///
    /// - Throws: ``MomentlogError`` as ``open(path:options:)`` does, except `behind-head`; `usage`
    ///   for a provenance that the log cannot store.
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
