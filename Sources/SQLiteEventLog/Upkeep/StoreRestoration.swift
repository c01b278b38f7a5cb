import CShims
import EventLog
import Files
import Foundation
import GRDB
import Glibc
public import Logging
public import Moments

/// Replaces a store by a backup.
public struct StoreRestoration: Sendable {
    /// The backup's database file.
    public var source: String
    /// The path of the store.
    public var target: String
    /// Whether an existing store is replaced; it is kept as a backup copy.
    public var replaces: Bool
    /// Whether nothing is restored: the backup is verified, and the report says what would be done.
    public var isDryRun = false
    /// Who restores, and why: recorded if events are lost by it.
    public var acceptance: LossAcceptance
    /// The time to wait for other processes that write.
    public var busyTimeout: Duration
    /// Receives log messages.
    public var logger: Logger

    /// Creates a restoration.
    public init(
        from source: String, to target: String, replaces: Bool = false,
        acceptance: LossAcceptance, busyTimeout: Duration = .seconds(5),
        logger: Logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.source = source
        self.target = target
        self.replaces = replaces
        self.acceptance = acceptance
        self.busyTimeout = busyTimeout
        self.logger = logger
    }

    /// The result of a restoration.
    public struct Report: Sendable, Hashable {
        /// The store's database file.
        public let path: String
        /// The number of events in the backup.
        public let eventCount: Int
        /// The head of the replaced store, if the backup does not have all of its events: their
        /// loss is recorded as an event, or would be.
        public let lostHead: LostHead?
        /// Whether it is known what the replaced store contained: it has a head file, or could be
        /// read. Otherwise events may be lost that nothing lists.
        public let isLossKnown: Bool
        /// Whether the replaced store can be read, and is of the same log as the backup.
        public let isReplacedReadable: Bool
        /// Whether the head file at the path is of another store than the backup.
        public let replacesOtherStore: Bool
        /// The present path of the replaced store; nil if there was none.
        public let replacedPath: String?
    }

    /// Copies the backup beside the store, verifies it from its first event on, and then exchanges
    /// the two in one step. The replaced store is kept, with its WAL.
    ///
    /// The head file stays the same until the store is open again: while it lists more than the
    /// backup has, the backup is not mistaken for the whole log.
    ///
    /// - Parameter progress: Called now and then with the number of pages copied so far, and of all.
    /// - Throws: ``MomentlogError``: `output-refused` if a store exists and must not be replaced,
    ///   `corrupt`, `behind-head`, `too-new` or `storage` for a backup that is not sound, `busy` if
    ///   others held the store too long, `cancelled` if the task was: the store is unchanged then.
    ///   `outcome-unknown` if the backup was put in its place, and cannot be opened there.
    /// - Complexity: O(*n*) in the bytes of the backup.
    public func run(
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(MomentlogError) -> Report {
        try await BlockingWork.shared.run { cancellation throws(MomentlogError) in
            try runNow(cancellation, progress)
        }
    }

    private func runNow(
        _ cancellation: Cancellation, _ progress: @escaping @Sendable (WorkProgress) -> Void
    ) throws(MomentlogError) -> Report {
        let (backup, store) = (StoreFiles(path: source), StoreFiles(path: target))
        let presence: StoreFiles.Presence
        do throws(MomentlogError) { presence = try backup.presence() } catch {
            throw aboutBackup(error)
        }
        guard presence == .something else {
            throw MomentlogError(
                .unreadableFile, "there is no backup at \(backup.database)",
                hint: "name the file of a backup")
        }
        guard backup.database != store.database else {
            throw MomentlogError(
                .usage, "\(backup.database) cannot be restored onto itself",
                hint: "name another file to restore to", suggestion: .nameStore)
        }
        try refuse(store)
        try store.checkHead()
        try store.checkParts()
        let draft = try StoreDraft(beside: store)
        try copy(backup, to: draft, cancellation, progress)
        let former = try formerHead(of: store)
        let head: StoreHead
        let mismatch: HeadMismatch?
        do throws(MomentlogError) {
            (head, mismatch) = try draft.verified(
                cancellation, of: backup, against: isDryRun ? former ?? .absent : .absent)
        } catch {
            throw aboutBackup(error)
        }
        let isOther = former?.recorded.map { $0.origin != head.origin } ?? false
        guard !isDryRun else {
            return Report(
                path: store.database, eventCount: head.size, lostHead: mismatch?.recorded.lost,
                isLossKnown: former != nil, isReplacedReadable: false,
                replacesOtherStore: isOther, replacedPath: nil)
        }
        // Once something is exchanged, it is completed.
        try cancellation.check()
        let aside = try exchange(draft, with: store)
        let lost: LostHead?
        do throws(MomentlogError) {
            try draft.check(isAt: store.database)
            try draft.folder.parent.sync()
            lost = try reopen(store, as: draft.identity)
        } catch {
            throw unfinished(store, aside, error)
        }
        return Report(
            path: store.database, eventCount: head.size, lostHead: lost,
            isLossKnown: former != nil,
            isReplacedReadable: aside.flatMap { ownHead(of: StoreFiles(path: $0)) }?.origin
                == head.origin,
            replacesOtherStore: isOther, replacedPath: aside)
    }

    /// Copies the content of the backup, its WAL included; an older one is migrated to the present
    /// schema.
    private func copy(
        _ backup: StoreFiles, to draft: StoreDraft, _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (WorkProgress) -> Void
    ) throws(MomentlogError) {
        let log: SQLiteEventLog
        do throws(MomentlogError) {
            log = try SQLiteEventLog.openNow(
                path: backup.database,
                options: SQLiteEventLog.Options(
                    createsStore: false, busyTimeout: busyTimeout, access: .read, logger: logger))
        } catch {
            throw aboutBackup(error)
        }
        defer { log.closeNow() }
        let copied: Void? = try log.readNow(unless: cancellation) {
            try draft.copy($0, cancellation, progress: progress)
        }
        guard copied != nil else {
            throw StoreFiles.replaced(backup.database)
        }
    }

    /// Returns an error of the backup, whose suggestions are about a store.
    private func aboutBackup(_ error: MomentlogError) -> MomentlogError {
        var error = error
        switch error.suggestion {
        case .nameStore: (error.hint, error.suggestion) = ("name the file of a backup", nil)
        case .verify: (error.hint, error.suggestion) = ("restore another backup", nil)
        default: if error.code == .behindHead { error.hint = "restore another backup" }
        }
        return error
    }

    /// Returns the error of a backup that is in its place, and could not be opened there: nothing
    /// was refused.
    private func unfinished(
        _ store: StoreFiles, _ aside: String?, _ error: MomentlogError
    ) -> MomentlogError {
        let place = aside.map { "; the replaced store is at \($0)" } ?? ""
        return MomentlogError(
            .outcomeUnknown,
            "the backup was put at \(store.database), but it could not be opened there:"
                + " \(error.message)\(place)",
            hint: "fix the cause, and restore again, replacing the store",
            suggestion: .replaceStore, cause: error)
    }

    private func refuse(_ store: StoreFiles) throws(MomentlogError) {
        guard !replaces, try store.presence(acceptsDamage: true) == .something else { return }
        throw MomentlogError(
            .outputRefused, "a store exists at \(store.database)",
            hint: "replace it by the backup; it is kept as a copy under another name",
            suggestion: .replaceStore)
    }

    /// Puts the draft in the store's place; returns the path of the replaced store, or of the WAL
    /// of a missing database, which may contain acknowledged commits. If it throws, the backup is
    /// not at its path.
    ///
    /// The backup takes the name of the replaced store's copy before it is exchanged with the
    /// store, so that the replaced store has its name in the same step: if the process is killed at
    /// any point, all events are under a name that ``HeadMismatch`` reports.
    private func exchange(
        _ draft: StoreDraft, with store: StoreFiles
    ) throws(MomentlogError) -> String? {
        let isReserved = try reserve(store)
        guard let file = try DatabaseFile.open(store.database) else {
            throw StoreFiles.replaced(store.database)
        }
        let lease = WriteLease(store, file, timeout: busyTimeout.asWait)
        try lease.acquire()
        defer { lease.release() }
        // Earlier builds may have the store open.
        let former = try FormerLease.acquire(store, within: busyTimeout.asWait)
        defer { withExtendedLifetime((file, former)) {} }
        let folder = draft.folder.parent
        var isDone = false
        defer {
            if isReserved, !isDone, folder.identity(of: store.database) == file.identity {
                folder.remove(store.database)
            }
        }
        try refuse(store)
        let presence = try store.presence(acceptsDamage: true)
        if let details = FileDetails(descriptor: file.descriptor) { try draft.take(details) }
        let aside = StoreFiles(path: store.database + StoreFiles.replacedMark + Self.stamp())
        var parts = SetAsideParts(in: folder)
        // The open folder is the one at the path: no other store is touched.
        guard folder.identity(of: store.database) == file.identity else {
            throw StoreFiles.replaced(store.database)
        }
        if presence != .something {
            guard parts.move(of: store, to: aside), draft.exchange(with: store.database) else {
                throw parts.putBack(after: failure(store))
            }
            isDone = true
            return parts.first
        }
        try store.checkWritableParts(
            databaseOwner: FileDetails(descriptor: file.descriptor)?.owner)
        tidy(store, file)
        try completeHead(of: store, file, in: folder)
        try keepHead(of: store, at: aside)
        guard draft.move(to: aside.database) else {
            let error = failure(store)
            unlink(aside.head)
            throw error
        }
        guard parts.move(of: store, to: aside),
            folder.exchange(aside.database, with: store.database)
        else {
            let error = parts.putBack(after: failure(store))
            unlink(aside.database)
            // It belongs to the WAL, wherever that is.
            if error.code != .outcomeUnknown { unlink(aside.head) }
            throw error
        }
        return aside.database
    }

    /// Puts an empty file at the path of a missing database: its lease keeps others from creating a
    /// store there meanwhile. Returns whether it did.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    private func reserve(_ store: StoreFiles) throws(MomentlogError) -> Bool {
        guard try store.presence(acceptsDamage: true) == .nothing else { return false }
        if OpenFile(store.database, flags: O_RDWR | O_CREAT | O_EXCL) != nil { return true }
        guard errno == EEXIST else { throw failure(store) }
        return false
    }

    /// Moves the WAL of the replaced store into its database, if possible: it may be damaged.
    private func tidy(_ store: StoreFiles, _ file: DatabaseFile) {
        let memory = UnsafeWriterMemory()
        guard
            let queue = try? DatabaseQueue(
                path: store.existingURI,
                configuration: SQLiteConnection.writerConfiguration(memory, busyTimeout: .zero))
        else { return }
        _ = try? queue.inDatabase { database in
            // Opens the WAL, too: nothing is written to another file that was put there meanwhile.
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema")
            _ = try SQLiteWriter.openParts(database, store, file)
            _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            if let connection = database.sqliteConnection {
                _ = momentlog_sqlite3_checkpoints_on_close(
                    UnsafeMutableRawPointer(connection), 1)
            }
        }
        try? queue.close()
    }

    /// Opens the restored store, and records what is lost, if something is.
    ///
    /// - Parameter restored: The restored database: no loss is recorded in another one, nor in a new
    ///   one.
    private func reopen(
        _ store: StoreFiles, as restored: FileIdentity?
    ) throws(MomentlogError) -> LostHead? {
        let before = try HeadFile.read(store.head)
        let log = try SQLiteEventLog.openNow(
            path: store.database,
            options: SQLiteEventLog.Options(
                createsStore: false, busyTimeout: busyTimeout, lossAcceptance: acceptance,
                logger: logger),
            only: restored)
        defer { log.closeNow() }
        let isLost = try log.readNow { try before.contradiction(with: $0)?.reason != nil }
        try log.openWriter().writeHeadAnew()
        guard isLost == true, case .head(let recorded) = before else { return nil }
        return recorded.lost
    }

    func failure(_ store: StoreFiles) -> MomentlogError {
        MomentlogError(
            .storage,
            "cannot put the backup at \(store.database): \(String(cString: strerror(errno)))",
            hint: "the store is unchanged; check its folder, and try again")
    }

    private static func stamp() -> String {
        Timestamp.now.rfc3339(fractionDigits: 6).filter { $0 != "-" && $0 != ":" }
    }
}
