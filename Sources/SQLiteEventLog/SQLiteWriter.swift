import CShims
import EventLog
import Files
import Foundation
import GRDB
import Logging
import Moments
import Synchronization

/// The one connection of a log that writes.
///
/// It is a class because it owns a connection.
final class SQLiteWriter: Sendable {
    let files: StoreFiles
    let lease: WriteLease
    let busyTimeout: Duration
    let logger: Logger
    let queue: DatabaseQueue
    let file: DatabaseFile
    let head: HeadWriter
    let parts: StoreParts
    /// The write-ahead log, for checks of its header.
    let log: OpenFile
    let memory: UnsafeWriterMemory
    let cache: DomainCache
    /// After a commit of unknown outcome nothing more is appended.
    let isPoisoned = Mutex(false)
    /// The number of frames above which it is logged again that the WAL does not shrink.
    let warningMark = Mutex(0)
    /// Whether what is read is known to be on stable storage.
    let isSettled = Mutex(false)

    /// The number of callers that want the connection.
    let jobs = Atomic(0)

    /// The callers of this process that wait for the lease. It is taken before the connection, so
    /// that the holder of one never waits for the other.
    let line = WaitingLine()
    /// Where the first of them waits for other processes.
    let leaseWork = BlockingWork(serial: "momentlog.lease")

    /// The end of the log after this connection's last commit; it may have grown since.
    private let lastEnd = Mutex<LogEnd?>(nil)

    /// Opens the connection and migrates the schema, from nothing if the database is empty. It
    /// holds the lease meanwhile, and blocks its thread.
    ///
    /// - Parameter acceptsLoss: Whether the database may have lost what its head file lists.
    /// - Throws: ``MomentlogError``: `busy`, or `storage` if the files are not those of one store
    ///   that can be written to.
    init(
        _ files: StoreFiles, _ file: DatabaseFile, _ cache: DomainCache, busyTimeout: Duration,
        until deadline: ContinuousClock.Instant? = nil, acceptsLoss: Bool, logger: Logger
    ) throws(MomentlogError) {
        self.files = files
        self.file = file
        self.cache = cache
        self.logger = logger
        self.busyTimeout = busyTimeout
        let lease = WriteLease(files, file, timeout: busyTimeout)
        self.lease = lease
        let head = HeadWriter(files, file)
        self.head = head
        let memory = UnsafeWriterMemory()
        self.memory = memory
        let deadline = deadline ?? lease.deadline(nil)
        try lease.acquire(until: deadline)
        defer { lease.release() }
        try files.checkWritable(file.identity)
        try files.checkWritableParts(
            databaseOwner: FileDetails(descriptor: file.descriptor)?.owner)
        try head.prepare()
        try head.acquireFormerLease(until: deadline)
        defer { head.releaseFormerLease() }
        do {
            let queue = try DatabaseQueue(
                path: files.existingURI,
                configuration: SQLiteConnection.writerConfiguration(
                    memory, busyTimeout: busyTimeout))
            self.queue = queue
            parts = try Self.migrated(queue, files, file, acceptsLoss ? nil : head.recorded)
        } catch {
            throw Self.passivelyShared(file, files) ?? StorageFailure.mapped(error, files)
        }
        guard let log = OpenFile(files.writeAheadLog), log.details?.identity == parts.writeAheadLog
        else { throw StoreParts.removed(files) }
        self.log = log
        file.entry.state.withLock { $0.sharers += 1 }
        try settleIfAhead()
    }

    deinit { file.entry.state.withLock { $0.sharers -= 1 } }

    /// Appends commits, and stores the answers to other requests, in one transaction.
    ///
    /// A single command is carried out on the caller's thread if nobody else wants the connection
    /// or the lease: handing it to another thread and back takes longer than much of it.
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord],
        until deadline: ContinuousClock.Instant
    ) async throws(MomentlogError) -> [CommitReceipt] {
        if commits.count + requests.count == 1,
            commits.allSatisfy({ $0.entries.count <= Self.maximumInlineEventCount }),
            let result = InlineCommit.run({
                Result { () throws(MomentlogError) in try self.appendNow(commits, requests) }
            }), let receipts = try result.get()
        {
            return receipts
        }
        return try await perform(until: deadline) { [self] database throws(MomentlogError) in
            try append(commits, requests, to: database)
        }
    }

    /// Above this number of events, switching threads costs little in comparison.
    private static let maximumInlineEventCount = 16

    /// As ``append(_:keeping:until:)``, without waiting; nil if it would have to.
    private func appendNow(
        _ commits: [PendingCommit], _ requests: [RequestRecord]
    ) throws(MomentlogError) -> [CommitReceipt]? {
        guard
            jobs.compareExchange(expected: 0, desired: 1, ordering: .acquiringAndReleasing)
                .exchanged
        else { return nil }
        defer { jobs.subtract(1, ordering: .acquiringAndReleasing) }
        return try onConnection { database throws(MomentlogError) in
            guard (try? lease.acquire(within: .zero, .refuses)) != nil else { return nil }
            defer { lease.release() }
            do throws(MomentlogError) {
                return try withLeaseHeld(database, until: .now) { database throws(MomentlogError) in
                    try append(commits, requests, to: database)
                }
            } catch {
                // Another application has locked the database: another thread waits for it.
                if error.code == .busy { return nil }
                throw error
            }
        }
    }

    /// Appends commits on the connection; the lease is held.
    ///
    /// - Parameter acceptsLoss: Whether the log may have fewer events than its head file lists.
    ///   Otherwise it was compared when it was opened, but its end may have been lost since.
    func append(
        _ commits: [PendingCommit], _ requests: [RequestRecord], to database: Database,
        acceptsLoss: Bool = false
    ) throws(MomentlogError) -> [CommitReceipt] {
        guard !isPoisoned.withLock({ $0 }) else {
            throw MomentlogError(
                .outcomeUnknown, "an earlier commit's outcome is unknown",
                hint: "open the store again to find out")
        }
        let start = ContinuousClock.now
        var receipts: [CommitReceipt] = []
        let rows: CommitWriter
        do {
            try database.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
            var writer = try CommitWriter(
                database: database, known: takeEnd(), cache: cache, logger: logger)
            if !acceptsLoss, let loss = HeadMismatch(head.recorded, end: writer.end) {
                throw loss.error(files)
            }
            for commit in commits { receipts.append(try writer.write(commit)) }
            for request in requests { try writer.write(request) }
            rows = writer
        } catch {
            // Nothing was committed, whether or not a transaction is still open.
            try? database.rollback()
            throw StorageFailure.mapped(error, files)
        }
        if Sabotage.acknowledgesFirst.isOn { return receipts }
        let newHead = rows.end.head
        if Sabotage.headBeforeCommit.isOn { _ = head.write(newHead) }
        let commitStart = ContinuousClock.now
        do {
            try database.cachedStatement(sql: "COMMIT TRANSACTION").execute()
        } catch {
            throw unknownOutcome(error, database)
        }
        if let difference = differenceAfterCommit() { throw lost(difference, database) }
        lastEnd.withLock { $0 = rows.end }
        for (number, domain) in rows.domains { cache.put(domain, number) }
        writeHead(newHead)
        let done = ContinuousClock.now
        logger.debug(
            "committed",
            metadata: [
                "commits": "\(commits.count)",
                "events": "\(receipts.reduce(0) { $0 + $1.sequences.count })",
                "size": "\(newHead.size)",
                "microseconds": "\((done - start).microseconds)",
                "sync-microseconds": "\((done - commitStart).microseconds)",
                "wal-frames": "\(memory.walFrames.pointee)",
            ])
        checkpointIfDue(database)
        return receipts
    }

    /// Removes the cached end, so that none is left if a commit fails.
    private func takeEnd() -> LogEnd? {
        lastEnd.withLock { end in
            defer { end = nil }
            return end
        }
    }

    /// Changes what is not part of the log: everything in a closure, or nothing.
    func change(
        _ body: @escaping @Sendable (Database) throws -> Void
    ) async throws(MomentlogError) {
        try await perform { [self] database throws(MomentlogError) in
            // A connection's own changes do not change its data version.
            _ = takeEnd()
            do {
                try database.beginTransaction(.immediate)
                try body(database)
            } catch {
                try? database.rollback()
                throw StorageFailure.mapped(error, files)
            }
            do {
                try database.commit()
            } catch {
                throw unknownOutcome(error, database)
            }
            if let difference = differenceAfterCommit(hasWritten: false) {
                throw lost(difference, database)
            }
            checkpointIfDue(database)
        }
    }

    /// Returns the error of a commit that failed; nothing more is appended after it.
    private func unknownOutcome(_ error: any Error, _ database: Database) -> MomentlogError {
        isPoisoned.withLock { $0 = true }
        try? database.rollback()
        return MomentlogError(
            .outcomeUnknown,
            "the commit to \(files.database) failed, and may or may not be there: \(error)",
            hint: "open the store again to find out, and repeat the command if it is missing",
            cause: error)
    }

    /// Runs a closure on the connection while the lease is held.
    ///
    /// - Parameter deadline: The deadline of waiting for other writers; nil for the default.
    func perform<Value: Sendable>(
        until deadline: ContinuousClock.Instant? = nil,
        _ body: @escaping @Sendable (Database) throws(MomentlogError) -> Value
    ) async throws(MomentlogError) -> Value {
        jobs.add(1, ordering: .acquiringAndReleasing)
        defer { jobs.subtract(1, ordering: .acquiringAndReleasing) }
        let deadline = deadline ?? lease.deadline(nil)
        guard await line.enter(until: deadline) else { throw lease.busy }
        defer { line.leave() }
        return try await leaseWork.run { [self] _ throws(MomentlogError) in
            try performNow(until: deadline, body)
        }
    }

    /// As ``perform(until:_:)``, but blocks its thread.
    func performNow<Value>(
        until deadline: ContinuousClock.Instant? = nil,
        _ body: (Database) throws(MomentlogError) -> Value
    ) throws(MomentlogError) -> Value {
        let start = ContinuousClock.now
        let deadline = deadline ?? lease.deadline(nil)
        try lease.acquire(until: deadline)
        defer { lease.release() }
        logger.trace(
            "has the write lease",
            metadata: ["wait-microseconds": "\((ContinuousClock.now - start).microseconds)"])
        return try onConnection { database throws(MomentlogError) in
            try withLeaseHeld(database, until: deadline, body)
        }
    }

    /// Waits for the connection, and runs a closure on it.
    func onConnection<Value>(
        _ body: (Database) throws(MomentlogError) -> Value
    ) throws(MomentlogError) -> Value {
        let result = queue.inDatabase { database in
            Result { () throws(MomentlogError) in try body(database) }
        }
        return try result.get()
    }

    /// Runs a closure on the connection; the lease is held.
    func withLeaseHeld<Value>(
        _ database: Database, until deadline: ContinuousClock.Instant,
        _ body: (Database) throws(MomentlogError) -> Value
    ) throws(MomentlogError) -> Value {
        memory.holdsLease.pointee = 1
        defer { memory.holdsLease.pointee = 0 }
        defer { head.releaseFormerLease() }
        try leaveTransaction(database)
        waitForLocks(until: deadline, database)
        try checkParts(database)
        try head.acquireFormerLease(until: deadline)
        return try body(database)
    }

    /// Ends a transaction that could not be rolled back when it failed.
    func leaveTransaction(_ database: Database) throws(MomentlogError) {
        guard database.isInsideTransaction else { return }
        do {
            if Sabotage.acknowledgesFirst.isOn { return try database.commit() }
            try database.rollback()
        } catch {
            throw StorageFailure.mapped(error, files)
        }
    }

    /// Rewrites the head file from the log. It blocks its thread.
    func writeHeadAnew() throws(MomentlogError) {
        try performNow { database throws(MomentlogError) in
            do {
                let head = try CommitWriter(database: database, cache: nil, logger: logger).end.head
                if head.size > 0 { writeHead(head) }
            } catch {
                throw StorageFailure.mapped(error, files)
            }
        }
    }

    func writeHead(_ head: StoreHead) {
        guard !self.head.write(head) else { return }
        logger.warning("the head file could not be written", metadata: ["path": "\(files.head)"])
    }

    /// Closes the connection. If the lease is free, the WAL is moved into the database first, and
    /// SQLite removes it if no other connection is open.
    ///
    /// It blocks its thread: see ``WriteLease/acquire(within:_:)``.
    func close() {
        let hasLease = (try? lease.acquire(within: .zero, .none)) != nil
        defer { if hasLease { lease.release() } }
        if hasLease, (try? head.acquireFormerLease(until: .now)) != nil {
            queue.inDatabase { finish($0) }
        }
        defer { head.releaseFormerLease() }
        do {
            try queue.close()
        } catch {
            logger.warning("the writer could not be closed", metadata: ["error": "\(error)"])
        }
    }
}
