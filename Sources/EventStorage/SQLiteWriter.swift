import CShims
import Foundation
import GRDB
import Logging
import Moments
import Synchronization

/// The one connection of a log that writes.
///
/// It is a class because it owns a connection.
final class SQLiteWriter: Sendable {
    /// Above so many frames the WAL is checkpointed after a commit. A WAL left to
    /// grow halves the rate of commits.
    private static let mostWALFrames = 1000

    let files: StoreFiles
    let lease: WriteLease
    private let logger: Logger
    let queue: DatabaseQueue
    private let identity: FileIdentity
    private let walFrames: UnsafeWALFrames
    /// After a commit of unknown outcome nothing more is appended.
    private let isSpent = Mutex(false)
    /// Whether what is read is known to be on stable storage.
    let isSettled = Mutex(false)

    /// How many want the connection.
    private let jobs = Atomic(0)

    /// What the log ended with after this connection's last commit; it may have grown since.
    private let lastEnd = Mutex<LogEnd?>(nil)

    /// Opens the connection, which may write to a new file: so it holds the lease.
    init(files: StoreFiles, lease: WriteLease, logger: Logger) throws(MomentlogError) {
        self.files = files
        self.lease = lease
        self.logger = logger
        walFrames = UnsafeWALFrames()
        try lease.acquire()
        defer { lease.release() }
        identity = try files.identity()
        do {
            queue = try DatabaseQueue(
                path: files.database,
                configuration: SQLiteConnection.writerConfiguration(walFrames))
        } catch {
            throw StorageFailure.mapped(error, files)
        }
        try settleIfAhead()
    }

    /// Brings a database's schema up to date, from nothing if it is empty.
    static func migrate(files: StoreFiles, lease: WriteLease) throws(MomentlogError) {
        let logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
        let writer = try SQLiteWriter(files: files, lease: lease, logger: logger)
        defer { writer.close() }
        try lease.acquire()
        defer { lease.release() }
        do {
            try writer.queue.inDatabase { try SchemaVersion.migrate($0, files) }
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Takes back what a killed process left half written in a database that is not in WAL
    /// mode yet (<https://www.sqlite.org/lockingv3.html#hot_journals>), and nothing else:
    /// the database may be another application's.
    static func rollBack(files: StoreFiles, lease: WriteLease) throws(MomentlogError) {
        try lease.acquire()
        defer { lease.release() }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: files.database, configuration: configuration)
            // SQLite does so before it reads anything.
            _ = try queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            try queue.close()
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Appends commits, and keeps the answers to other requests, in one transaction.
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        let result: Result<[CommitReceipt], MomentlogError> = await perform { database in
            do throws(MomentlogError) {
                return .success(try self.append(commits, requests, to: database))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// As ``append(_:keeping:)``, on the caller's thread if nobody else wants the connection or
    /// the lease, and there is little to do.
    func appendAlone(
        _ commits: [PendingCommit], keeping requests: [RequestRecord]
    ) async throws(MomentlogError) -> [CommitReceipt] {
        guard commits.count + requests.count <= Self.mostInPlace,
            commits.allSatisfy({ $0.entries.count <= Self.mostInPlace }),
            let result = InPlace.run({ self.appendNow(commits, requests) }),
            let receipts = try result.get()
        else { return try await append(commits, keeping: requests) }
        return receipts
    }

    /// Above so many commands, or events of one, a trip between threads is nothing beside them.
    private static let mostInPlace = 16

    /// As ``append(_:keeping:)``, without waiting for anybody; nil if somebody is in the way.
    private func appendNow(
        _ commits: [PendingCommit], _ requests: [RequestRecord]
    ) -> Result<[CommitReceipt]?, MomentlogError> {
        guard
            jobs.compareExchange(expected: 0, desired: 1, ordering: .acquiringAndReleasing)
                .exchanged
        else { return .success(nil) }
        defer { jobs.subtract(1, ordering: .acquiringAndReleasing) }
        return queue.inDatabase { database in
            guard (try? lease.acquire(within: .zero)) != nil else { return .success(nil) }
            return holdingLease(database) { database in
                do throws(MomentlogError) {
                    return .success(try append(commits, requests, to: database))
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    func append(
        _ commits: [PendingCommit], _ requests: [RequestRecord], to database: Database
    ) throws(MomentlogError) -> [CommitReceipt] {
        guard !isSpent.withLock({ $0 }) else {
            throw MomentlogError(
                .outcomeUnknown, "an earlier commit's outcome is unknown",
                hint: "open the store again to see what became of it")
        }
        let start = ContinuousClock.now
        var receipts: [CommitReceipt] = []
        let end: LogEnd
        do {
            try database.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
            var rows = try CommitWriter(database: database, known: takeEnd())
            for commit in commits { receipts.append(try rows.write(commit)) }
            for request in requests { try rows.write(request) }
            end = rows.end
        } catch {
            // Nothing was committed, whether or not this finds a transaction open.
            try? database.rollback()
            throw StorageFailure.mapped(error, files)
        }
        if Sabotage.acknowledgesFirst.isOn { return receipts }
        let head = end.head
        if Sabotage.headBeforeCommit.isOn { _ = lease.writeHead(head.text) }
        let commitStart = ContinuousClock.now
        do {
            try database.cachedStatement(sql: "COMMIT TRANSACTION").execute()
        } catch {
            throw unknownOutcome(error, database)
        }
        lastEnd.withLock { $0 = end }
        if !lease.writeHead(head.text) {
            logger.warning(
                "the head file could not be written", metadata: ["path": "\(files.head)"])
        }
        let done = ContinuousClock.now
        logger.debug(
            "committed",
            metadata: [
                "commits": "\(commits.count)",
                "events": "\(receipts.reduce(0) { $0 + $1.sequences.count })",
                "size": "\(head.size)",
                "microseconds": "\((done - start).microseconds)",
                "sync-microseconds": "\((done - commitStart).microseconds)",
                "wal-frames": "\(walFrames.count)",
            ])
        if walFrames.count > Self.mostWALFrames { checkpoint(database, "PASSIVE") }
        return receipts
    }

    /// Takes it out, so that nothing is left of it where a commit fails.
    private func takeEnd() -> LogEnd? {
        lastEnd.withLock { end in
            defer { end = nil }
            return end
        }
    }

    /// Changes what is no part of the log: all that a closure does, or nothing.
    func change(
        _ body: @escaping @Sendable (Database) throws -> Void
    ) async throws(MomentlogError) {
        let result: Result<Void, MomentlogError> = await perform { [files] database in
            // What a connection changes itself does not change its number of the data's version.
            _ = self.takeEnd()
            do {
                try database.beginTransaction(.immediate)
                try body(database)
            } catch {
                try? database.rollback()
                return .failure(StorageFailure.mapped(error, files))
            }
            do {
                try database.commit()
                if self.walFrames.count > Self.mostWALFrames {
                    self.checkpoint(database, "PASSIVE")
                }
                return .success(())
            } catch {
                return .failure(self.unknownOutcome(error, database))
            }
        }
        try result.get()
    }

    /// What is told of a commit that failed; nothing more is appended after it.
    private func unknownOutcome(_ error: any Error, _ database: Database) -> MomentlogError {
        isSpent.withLock { $0 = true }
        try? database.rollback()
        return MomentlogError(
            .outcomeUnknown,
            "the commit to \(files.database) failed, and may or may not be there: \(error)",
            hint: "open the store again to see, and repeat the command if it is not",
            cause: error)
    }

    /// Runs a closure on the connection while the lease is held.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database) -> Result<Value, MomentlogError>
    ) async -> Result<Value, MomentlogError> {
        jobs.add(1, ordering: .acquiringAndReleasing)
        defer { jobs.subtract(1, ordering: .acquiringAndReleasing) }
        return await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(returning: self.withLease(database, body))
            }
        }
    }

    /// As ``perform(_:)``, but blocks its thread.
    func performNow<Value>(
        _ body: (Database) -> Result<Value, MomentlogError>
    ) throws(MomentlogError) -> Value {
        try queue.inDatabase { withLease($0, body) }.get()
    }

    private func withLease<Value>(
        _ database: Database, _ body: (Database) -> Result<Value, MomentlogError>
    ) -> Result<Value, MomentlogError> {
        let start = ContinuousClock.now
        do throws(MomentlogError) {
            try lease.acquire()
        } catch {
            return .failure(error)
        }
        logger.trace(
            "has the write lease",
            metadata: ["wait-microseconds": "\((ContinuousClock.now - start).microseconds)"])
        return holdingLease(database, body)
    }

    /// Runs a closure and lets go of the lease, which is held.
    private func holdingLease<Value>(
        _ database: Database, _ body: (Database) -> Result<Value, MomentlogError>
    ) -> Result<Value, MomentlogError> {
        defer { lease.release() }
        do throws(MomentlogError) {
            try files.check(identity)
            try leaveTransaction(database)
            return body(database)
        } catch {
            return .failure(error)
        }
    }

    /// Ends a transaction that could not be rolled back when it failed.
    private func leaveTransaction(_ database: Database) throws(MomentlogError) {
        guard database.isInsideTransaction else { return }
        do {
            if Sabotage.acknowledgesFirst.isOn { return try database.commit() }
            try database.rollback()
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Writes the head file as the log has it. It blocks its thread.
    func writeHeadAnew() throws(MomentlogError) {
        try performNow { [files] database in
            do {
                let head = try CommitWriter(database: database).end.head
                if head.size > 0 { _ = lease.writeHead(head.text) }
                return .success(())
            } catch {
                return .failure(StorageFailure.mapped(error, files))
            }
        }
    }

    func checkpoint(_ database: Database, _ mode: String) {
        do {
            try database.execute(sql: "PRAGMA wal_checkpoint(\(mode))")
        } catch {
            // The commit stands; the next one checkpoints again.
            logger.debug("the WAL was not checkpointed", metadata: ["error": "\(error)"])
        }
    }

    /// Closes the connection. If the lease is free, all is moved from the WAL into
    /// the database first, and SQLite removes the WAL if no other connection is open.
    ///
    /// It blocks its thread: see ``WriteLease/acquire(within:)``.
    func close() {
        let hasLease = (try? lease.acquire(within: .zero)) != nil
        defer { if hasLease { lease.release() } }
        // SQLite removes a WAL by its name, which may be another store's by now.
        if hasLease, (try? files.check(identity)) != nil {
            queue.inDatabase { database in
                try? leaveTransaction(database)
                checkpoint(database, "TRUNCATE")
                if let connection = database.sqliteConnection {
                    _ = momentlog_sqlite3_checkpoints_on_close(
                        UnsafeMutableRawPointer(connection), 1)
                }
            }
        }
        do {
            try queue.close()
        } catch {
            logger.warning("the writer could not be closed", metadata: ["error": "\(error)"])
        }
    }

    /// Moves what readers left of a WAL into the database, if nobody writes.
    static func tidy(files: StoreFiles, lease: WriteLease, logger: Logger) {
        guard (try? lease.acquire(within: .zero)) != nil else { return }
        lease.release()
        guard let writer = try? SQLiteWriter(files: files, lease: lease, logger: logger) else {
            return
        }
        writer.close()
    }
}
