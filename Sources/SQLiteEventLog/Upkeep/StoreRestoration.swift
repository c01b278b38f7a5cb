import CShims
import EventLog
import Files
import Foundation
import GRDB
import Glibc
public import Logging
public import Moments

/// Puts a backup at a store's place.
public struct StoreRestoration: Sendable {
    /// The backup's database file.
    public var source: String
    /// Where the store is, or will be.
    public var target: String
    /// Whether a store that is there is put aside.
    public var replaces: Bool
    /// Whether nothing is restored: the backup is verified, and the report says what would be.
    public var isDryRun = false
    /// Who restores, and why: recorded if events are lost by it.
    public var acceptance: LossAcceptance
    /// How long to wait for other processes that write.
    public var busyTimeout: Duration
    /// Where remarks go.
    public var logger: Logger

    /// Puts a restoration together.
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

    /// What it came to.
    public struct Report: Sendable, Hashable {
        /// The store's database file.
        public let path: String
        /// How many events the backup holds.
        public let eventCount: Int
        /// How many the head of the store that was there told of, if they are not all in the
        /// backup: their loss is recorded as an event.
        public let lostHead: LostHead?
        /// Where the store that was there is now; nil if there was none.
        public let asidePath: String?
    }

    /// Copies the backup beside the store, verifies it from its first event on, and then
    /// exchanges the two in one step. The store that was there stays aside, its WAL with it.
    ///
    /// The head file stays as it was until the store is open again: as long as it tells of
    /// more than the backup holds, nobody takes that for the whole.
    ///
    /// - Throws: ``MomentlogError``: `output-refused` if a store is there and is not to be
    ///   replaced, `corrupt`, `behind-head`, `too-new` or `storage` for a backup that is not
    ///   sound, `busy` if others held the store too long, `cancelled` if the task was: the store
    ///   is as before then.
    ///   `outcome-unknown` if the backup is in its place, and cannot be opened there.
    /// - Complexity: O(*n*) in the bytes of the backup.
    public func run() async throws(MomentlogError) -> Report {
        try await BlockingWork.shared.run { cancellation throws(MomentlogError) in
            try runNow(cancellation)
        }
    }

    private func runNow(_ cancellation: Cancellation) throws(MomentlogError) -> Report {
        let (backup, store) = (StoreFiles(path: source), StoreFiles(path: target))
        guard try backup.presence() == .something else {
            throw MomentlogError(
                .unreadableFile, "there is no backup at \(backup.database)",
                hint: "name the file of a backup", suggestion: .backup)
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
        try copy(backup, to: draft, cancellation)
        let head = try draft.verified(cancellation)
        guard !isDryRun else {
            return Report(
                path: store.database, eventCount: head.size, lostHead: nil, asidePath: nil)
        }
        // Once something is exchanged, it is done to its end.
        try cancellation.check()
        let aside = try exchange(draft, with: store)
        let lost: LostHead?
        do throws(MomentlogError) {
            lost = try reopen(store)
        } catch {
            throw unfinished(store, aside, error)
        }
        return Report(
            path: store.database, eventCount: head.size, lostHead: lost, asidePath: aside)
    }

    /// Copies what the backup holds, its WAL included; an older one is brought to the present
    /// schema by that.
    private func copy(
        _ backup: StoreFiles, to draft: StoreDraft, _ cancellation: Cancellation
    ) throws(MomentlogError) {
        let log = try SQLiteEventLog.openNow(
            path: backup.database,
            options: SQLiteEventLog.Options(
                createsStore: false, busyTimeout: busyTimeout, access: .read, logger: logger))
        defer { log.closeNow() }
        guard try log.readNow(unless: cancellation, { try draft.copy($0, cancellation) }) != nil
        else {
            throw StoreFiles.replaced(backup.database)
        }
    }

    /// What is told of a backup that is in its place, and could not be opened there: nothing
    /// was refused.
    private func unfinished(
        _ store: StoreFiles, _ aside: String?, _ error: MomentlogError
    ) -> MomentlogError {
        let place = aside.map { "; the store that was there is at \($0)" } ?? ""
        return MomentlogError(
            .outcomeUnknown,
            "the backup is at \(store.database), but it could not be opened there:"
                + " \(error.message)\(place)",
            hint: "fix the cause, and restore again, replacing the store",
            suggestion: .replaceStore, cause: error)
    }

    private func refuse(_ store: StoreFiles) throws(MomentlogError) {
        guard !replaces, try store.presence() == .something else { return }
        throw MomentlogError(
            .outputRefused, "there is a store at \(store.database)",
            hint: "replace it by the backup; it is kept as a copy under another name",
            suggestion: .replaceStore)
    }

    /// Puts the draft in the store's place; returns where the store is that was there.
    ///
    /// The backup takes the name for what is put aside before it is exchanged with the store:
    /// so that has its name in the same step, and whoever is killed at any point leaves every
    /// event that there was under a name that ``HeadContradiction`` tells.
    private func exchange(
        _ draft: StoreDraft, with store: StoreFiles
    ) throws(MomentlogError) -> String? {
        let file = try DatabaseFile.open(store.database)
        let lease = file.map { WriteLease(store, $0, timeout: busyTimeout.asWait) }
        try lease?.acquire()
        defer { lease?.release() }
        // Earlier builds may have the store open.
        let former = try FormerLease.acquire(store, within: busyTimeout.asWait)
        defer { withExtendedLifetime((file, former)) {} }
        try refuse(store)
        let presence = try store.presence()
        guard file != nil || presence == .nothing else {
            // Another process has made a store meanwhile, whose lease has to be held.
            return try exchange(draft, with: store)
        }
        if let details = file.flatMap({ FileDetails(descriptor: $0.descriptor) }) {
            try draft.take(details)
        }
        if presence != .something {
            let kept = try keepNeighbours(of: store)
            let isMoved =
                presence == .nothing
                ? draft.move(to: store.database) : draft.exchange(with: store.database)
            guard isMoved else { throw failure(store) }
            try draft.check(isAt: store.database)
            try draft.folder.parent.sync()
            return kept
        }
        // The folder that is open is the one at the path: nothing of another store is touched.
        guard draft.folder.parent.identity(of: store.database) == file?.identity else {
            throw StoreFiles.replaced(store.database)
        }
        let aside = StoreFiles(path: store.database + StoreFiles.asideMark + Self.stamp())
        try store.checkWritableParts(
            databaseOwner: file.flatMap { FileDetails(descriptor: $0.descriptor)?.owner })
        tidy(store)
        try keepHead(of: store, at: aside)
        guard draft.move(to: aside.database) else {
            let error = failure(store)
            unlink(aside.head)
            throw error
        }
        // Whatever SQLite finds under this name belongs to the database, to its eyes.
        let folder = draft.folder.parent
        let movesWAL = folder.rename(store.writeAheadLog, to: aside.writeAheadLog)
        guard movesWAL || errno == ENOENT else {
            let error = failure(store)
            takeBack(aside)
            throw error
        }
        folder.remove(store.sharedMemory)
        guard folder.exchange(aside.database, with: store.database) else {
            let error = failure(store)
            if movesWAL, !folder.rename(aside.writeAheadLog, to: store.writeAheadLog) {
                unlink(aside.database)
                throw MomentlogError(
                    .outcomeUnknown,
                    "\(error.message), and its WAL, \(aside.writeAheadLog), cannot be moved back",
                    hint: "move it to \(store.writeAheadLog), and the store is as it was",
                    cause: error)
            }
            takeBack(aside)
            throw error
        }
        try draft.check(isAt: store.database)
        try draft.folder.parent.sync()
        return aside.database
    }

    /// Copies the head file to the store that goes aside; the one that is there stays, and tells
    /// of what is lost.
    private func keepHead(
        of store: StoreFiles, at aside: StoreFiles
    ) throws(MomentlogError) {
        guard let bytes = try HeadFile.bytes(store.head), !bytes.isEmpty else { return }
        guard let copy = OpenFile(aside.head, flags: O_RDWR | O_CREAT | O_EXCL),
            copy.write(bytes), fsync(copy.descriptor) == 0
        else { throw failure(store) }
    }

    /// Renames what SQLite would take for the restored database's own: the files of one that is
    /// missing, whose write-ahead log may be all that is left of acknowledged commits.
    ///
    /// - Returns: Where the first of them is now; nil if there was none.
    /// - Throws: ``MomentlogError`` with `storage`: nothing was restored then.
    private func keepNeighbours(of store: StoreFiles) throws(MomentlogError) -> String? {
        let aside = StoreFiles(path: store.database + StoreFiles.asideMark + Self.stamp())
        var kept: String?
        for (from, to) in [
            (store.writeAheadLog, aside.writeAheadLog),
            (store.rollbackJournal, aside.rollbackJournal),
            (store.sharedMemory, aside.sharedMemory),
        ] {
            if momentlog_rename_to_new(AT_FDCWD, from, AT_FDCWD, to) == 0 {
                kept = kept ?? to
            } else if errno != ENOENT {
                throw failure(store)
            }
        }
        return kept
    }

    /// Removes the copy of the backup that is not to take the store's place.
    private func takeBack(_ aside: StoreFiles) {
        unlink(aside.database)
        unlink(aside.head)
    }

    /// Moves the WAL of the store that goes aside into its database, if that can be done: it
    /// may be a damaged one.
    private func tidy(_ store: StoreFiles) {
        let memory = UnsafeWriterMemory()
        guard
            let queue = try? DatabaseQueue(
                path: store.database,
                configuration: SQLiteConnection.writerConfiguration(memory, busyTimeout: .zero))
        else { return }
        _ = try? queue.inDatabase { database in
            _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            if let connection = database.sqliteConnection {
                _ = momentlog_sqlite3_checkpoints_on_close(
                    UnsafeMutableRawPointer(connection), 1)
            }
        }
        try? queue.close()
    }

    /// Opens what was restored, and records what is lost, if something is.
    private func reopen(_ store: StoreFiles) throws(MomentlogError) -> LostHead? {
        let before = try HeadFile.read(store.head)
        let log = try SQLiteEventLog.openNow(
            path: store.database,
            options: SQLiteEventLog.Options(
                createsStore: false, busyTimeout: busyTimeout, lossAcceptance: acceptance,
                logger: logger))
        defer { log.closeNow() }
        let isLost = try log.readNow { try before.contradiction(with: $0)?.reason != nil }
        try log.openWriter().writeHeadAnew()
        guard isLost == true, case .head(let told) = before else { return nil }
        return told.lost
    }

    private func failure(_ store: StoreFiles) -> MomentlogError {
        MomentlogError(
            .storage,
            "cannot put the backup at \(store.database): \(String(cString: strerror(errno)))",
            hint: "the store is as it was; see to its folder, and try again")
    }

    private static func stamp() -> String {
        Timestamp.now.rfc3339(fractionDigits: 6).filter { $0 != "-" && $0 != ":" }
    }
}
