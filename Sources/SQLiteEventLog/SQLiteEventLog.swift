public import EventLog
import Files
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
    let logger: Logger
    private let access: StoreAccess
    /// How long an append waits for other writers where no limit is given.
    public let busyTimeout: Duration
    let reader: StoreReader
    private let writer: Mutex<SQLiteWriter?>
    /// How the log contradicted its head file when it was opened.
    private let contradiction = Mutex<HeadContradiction?>(nil)
    /// What the log recorded of a loss when it was opened.
    private let acceptedLoss = Mutex<AcceptedLoss?>(nil)
    private let isClosed = Mutex(false)
    let knownIdentity = KnownIdentity()
    let cache = DomainCache()
    /// What makes, migrates, opens or closes files: one at a time.
    let opening = BlockingWork(serial: "momentlog.opening")

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
        try await log.opening.run { _ throws(MomentlogError) in try log.begin(options) }
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
            if access == .readWrite, files.journal == .ofOthers, let file = try databaseFile() {
                try SQLiteWriter.takeBack(files, file, within: busyTimeout)
            }
            var contradiction = try compareWithHead(options)
            // Another store may have been put there in between.
            if contradiction != nil { contradiction = try compareWithHead(options) }
            guard let contradiction else { return }
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

    /// Opens what is there, and compares it with the head file, which is read before.
    private func compareWithHead(_ options: Options) throws(MomentlogError) -> HeadContradiction? {
        let head = try HeadFile.read(files.head)
        let found = try reader.readNow { database in
            (
                try head.contradiction(with: database),
                try CommitTable(database: database).last().size
            )
        }
        guard let (contradiction, size) = found else {
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
        switch head {
        case .absent where size > 0, .damaged where size > 0:
            logger.warning(
                "the head file, which tells of a lost tail, is absent or damaged; the next commit writes it",
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

    private init(path: String, options: Options) {
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

    /// The connection that writes; the store is made if need be.
    ///
    /// - Parameter deadline: Until when to wait for other writers; nil for as long as always.
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

    /// When a wait that begins now ends; without a limit it is as long as always.
    func deadline(_ limit: Duration?) -> ContinuousClock.Instant {
        .now + (limit ?? busyTimeout).asWait
    }

    /// The database that is read, or else the one at the path; nil if there is none.
    private func databaseFile() throws(MomentlogError) -> DatabaseFile? {
        if let known = reader.file { return known }
        return try DatabaseFile.open(files.database)
    }

    /// Makes the store if need be, and opens the connection that writes.
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
        if presence == .nothing { try files.create() }
        if presence == .something {
            // Refuses what is no store, or one of a later momentlog, before anything is written.
            _ = try reader.readNow { _ in true }
        }
        guard let file = try databaseFile() else { throw files.failure("open", ENOENT) }
        reader.keep(file)
        let opened = try SQLiteWriter(
            files, file, cache, busyTimeout: busyTimeout, until: deadline, logger: logger)
        writer.withLock { writer in writer = opened }
        return opened
    }

    // MARK: Closing

    /// Ends the use of the log. If this log has changed it and no other process writes at that
    /// moment, all is moved from the WAL into the database, so that the store is one file and
    /// its head.
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

    /// Refuses to read what is at the store's paths if that is not what the writer has open: it may
    /// be older than what was acknowledged.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    private func checkWriter() throws(MomentlogError) {
        guard let writer = writer.withLock({ $0 }),
            let difference = writer.parts.difference(files)
        else { return }
        throw writer.refusal(difference, isRescued: false)
    }

    /// Another reader of the store, of the same file, for work that outlives the log.
    func newReader() -> StoreReader {
        let files = self.files
        let new = StoreReader(
            files, retryLimit: Self.retryLimit(busyTimeout), isWriting: access == .readWrite
        ) { try SQLiteConnection.prepareReader($0, files) }
        if let file = reader.file { new.keep(file) }
        return new
    }

    /// How long a read is repeated at most of a store that changes while it is read.
    private static func retryLimit(_ busyTimeout: Duration) -> Duration {
        max(busyTimeout, .seconds(1))
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
            try await log.opening.run { _ throws(MomentlogError) in try log.begin(asked) }
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
