import CShims
public import EventLog
import GRDB
public import Moments
import Synchronization

extension SQLiteEventLog {
    /// Appends commits; see ``EventLog/append(_:keeping:within:)``.
    ///
    /// - Complexity: O(*m* log *n*) in their *m* events and the log's *n*.
    public func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        guard !commits.isEmpty || !requests.isEmpty else {
            try checkOpen()
            return []
        }
        let deadline = deadline(limit)
        return try await openedWriter(until: deadline)
            .append(commits, keeping: requests, until: deadline)
    }

    /// Prevents all others from appending; see ``EventLog/beginTurn(within:)``.
    public func beginTurn(
        within limit: Duration?
    ) async throws(MomentlogError) -> (any AppendTurn)? {
        let deadline = deadline(limit)
        return try await openedWriter(until: deadline).beginTurn(until: deadline)
    }
}

extension WriteLease {
    /// Returns the deadline of a wait that begins now; without a limit, the default.
    func deadline(_ limit: Duration?) -> ContinuousClock.Instant {
        ContinuousClock.now + (limit ?? timeout).asWait
    }

    /// Waits for the lease until a point in time; see ``acquire(within:)``.
    func acquire(until deadline: ContinuousClock.Instant) throws(MomentlogError) {
        try acquire(within: max(.zero, deadline - .now))
    }
}

extension SQLiteWriter {
    /// Takes the lease, and keeps it until the turn ends.
    fileprivate func beginTurn(
        until deadline: ContinuousClock.Instant
    ) async throws(MomentlogError) -> SQLiteTurn {
        guard await line.enter(until: deadline) else { throw lease.busy }
        do throws(MomentlogError) {
            try await leaseWork.run { [lease] _ throws(MomentlogError) in
                try lease.acquire(until: deadline)
            }
        } catch {
            line.leave()
            throw error
        }
        return SQLiteTurn(self)
    }

    /// Appends commits while a turn holds the lease.
    fileprivate func appendInTurn(
        _ commits: [PendingCommit], keeping requests: [RequestRecord],
        until deadline: ContinuousClock.Instant
    ) async throws(MomentlogError) -> [CommitReceipt] {
        jobs.add(1, ordering: .acquiringAndReleasing)
        defer { jobs.subtract(1, ordering: .acquiringAndReleasing) }
        return try await leaseWork.run { [self] _ throws(MomentlogError) in
            try onConnection { database throws(MomentlogError) in
                try withLeaseHeld(database, until: deadline) { database throws(MomentlogError) in
                    try append(commits, requests, to: database)
                }
            }
        }
    }

    /// Makes SQLite wait until a deadline for locks that others hold on the database: other
    /// applications do not know the lease.
    func waitForLocks(until deadline: ContinuousClock.Instant, _ database: Database) {
        guard let connection = database.sqliteConnection else { return }
        let (seconds, attoseconds) = max(.zero, deadline - .now).components
        // Round up to whole milliseconds.
        let milliseconds =
            min(seconds, 1_000_000) * 1_000
            + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        _ = momentlog_sqlite3_busy_timeout(
            UnsafeMutableRawPointer(connection), CInt(milliseconds))
    }
}

/// The turn of the holder of a store's lease.
private final class SQLiteTurn: AppendTurn {
    private struct State {
        var isEnded = false
        /// The number of appends in progress.
        var appends = 0
    }

    private let writer: SQLiteWriter
    private let state = Mutex(State())

    init(_ writer: SQLiteWriter) { self.writer = writer }

    deinit { end() }

    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        let isEnded = state.withLock { state in
            if !state.isEnded { state.appends += 1 }
            return state.isEnded
        }
        guard !isEnded else { throw .turnEnded }
        defer { change { $0.appends -= 1 } }
        guard !commits.isEmpty || !requests.isEmpty else { return [] }
        return try await writer.appendInTurn(
            commits, keeping: requests, until: writer.lease.deadline(limit))
    }

    func end() { change { $0.isEnded = true } }

    private func change(_ body: (inout State) -> Void) {
        let isOver = state.withLock { state in
            let wasOver = state.isEnded && state.appends == 0
            body(&state)
            return !wasOver && state.isEnded && state.appends == 0
        }
        guard isOver else { return }
        writer.lease.release()
        writer.line.leave()
    }
}
