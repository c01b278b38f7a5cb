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
    /// The write-ahead log, to look at its beginning.
    let log: OpenFile
    let memory: UnsafeWriterMemory
    let cache: DomainCache
    /// After a commit of unknown outcome nothing more is appended.
    let isSpent = Mutex(false)
    /// Above how many frames it is said again that the WAL does not shrink.
    let warningMark = Mutex(0)
    /// Whether what is read is known to be on stable storage.
    let isSettled = Mutex(false)

    /// How many want the connection.
    let jobs = Atomic(0)

    /// Those of this process who wait for the lease. It is taken before the connection, so that
    /// who has the one never waits for the other.
    let line = WaitingLine()
    /// Where its first waits for other processes.
    let leaseWork = BlockingWork(serial: "momentlog.lease")

    /// What the log ended with after this connection's last commit; it may have grown since.
    private let lastEnd = Mutex<LogEnd?>(nil)

    /// Opens the connection and brings the schema up to date, from nothing if the database is
    /// empty. It holds the lease meanwhile, and blocks its thread.
    ///
    /// - Throws: ``MomentlogError``: `busy`, or `storage` if the files are not those of one store
    ///   that can be written to.
    init(
        _ files: StoreFiles, _ file: DatabaseFile, _ cache: DomainCache, busyTimeout: Duration,
        until deadline: ContinuousClock.Instant? = nil, logger: Logger
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
                path: files.database,
                configuration: SQLiteConnection.writerConfiguration(
                    memory, busyTimeout: busyTimeout))
            self.queue = queue
            parts = try Self.migrated(queue, files, file)
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

    /// Appends commits, and keeps the answers to other requests, in one transaction.
    ///
    /// A lone command is done on the caller's thread if nobody else wants the connection or the
    /// lease: to hand it to another and back takes longer than much of it.
    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord],
        until deadline: ContinuousClock.Instant
    ) async throws(MomentlogError) -> [CommitReceipt] {
        if commits.count + requests.count == 1,
            commits.allSatisfy({ $0.entries.count <= Self.mostInPlace }),
            let result = InPlace.run({
                Result { () throws(MomentlogError) in try self.appendNow(commits, requests) }
            }), let receipts = try result.get()
        {
            return receipts
        }
        return try await perform(until: deadline) { [self] database throws(MomentlogError) in
            try append(commits, requests, to: database)
        }
    }

    /// Above so many events, a trip between threads is nothing beside them.
    private static let mostInPlace = 16

    /// As ``append(_:keeping:until:)``, without waiting for anybody; nil if somebody is in the way.
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
                // Another application has locked the database: it is waited for elsewhere.
                if error.code == .busy { return nil }
                throw error
            }
        }
    }

    /// Appends commits on the connection; the lease is held.
    ///
    /// - Parameter acceptsLoss: Whether the log may hold less than its head file lists. Otherwise
    ///   it was compared when it was opened, but its end may have been lost since.
    func append(
        _ commits: [PendingCommit], _ requests: [RequestRecord], to database: Database,
        acceptsLoss: Bool = false
    ) throws(MomentlogError) -> [CommitReceipt] {
        guard !isSpent.withLock({ $0 }) else {
            throw MomentlogError(
                .outcomeUnknown, "an earlier commit's outcome is unknown",
                hint: "open the store again to see what became of it")
        }
        let start = ContinuousClock.now
        var receipts: [CommitReceipt] = []
        let rows: CommitWriter
        do {
            try database.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
            var writer = try CommitWriter(
                database: database, known: takeEnd(), cache: cache, logger: logger)
            if !acceptsLoss, let loss = HeadContradiction(head.told, end: writer.end) {
                throw loss.error(files)
            }
            for commit in commits { receipts.append(try writer.write(commit)) }
            for request in requests { try writer.write(request) }
            rows = writer
        } catch {
            // Nothing was committed, whether or not this finds a transaction open.
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
        try await perform { [self] database throws(MomentlogError) in
            // What a connection changes itself does not change its number of the data's version.
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
    ///
    /// - Parameter deadline: Until when to wait for other writers; nil for as long as the lease
    ///   always waits.
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

    /// Writes the head file as the log has it. It blocks its thread.
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

    /// Closes the connection. If the lease is free, all is moved from the WAL into
    /// the database first, and SQLite removes the WAL if no other connection is open.
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
