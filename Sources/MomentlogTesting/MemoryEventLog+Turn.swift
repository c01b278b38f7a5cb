public import EventLog
public import Moments
import Synchronization

extension MemoryEventLog {
    /// Appends commits; see ``EventLog/append(_:keeping:within:)``.
    public func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        try await enterLine(within: limit)
        defer { line.leave() }
        return try appendNow(commits, keeping: requests)
    }

    /// Prevents all others from appending; see ``EventLog/beginTurn(within:)``.
    public func beginTurn(
        within limit: Duration?
    ) async throws(MomentlogError) -> (any AppendTurn)? {
        try await enterLine(within: limit)
        return MemoryTurn(self)
    }

    private func enterLine(within limit: Duration?) async throws(MomentlogError) {
        guard await line.enter(until: .now + (limit ?? busyTimeout).asWait) else {
            throw MomentlogError(
                .busy, "another writer holds the log", hint: "try again when it is done")
        }
    }
}

/// The turn of a caller that appends to a log in memory.
private final class MemoryTurn: AppendTurn {
    private let log: MemoryEventLog
    private let isEnded = Mutex(false)

    init(_ log: MemoryEventLog) { self.log = log }

    deinit { end() }

    func append(
        _ commits: [PendingCommit], keeping requests: [RequestRecord], within limit: Duration?
    ) async throws(MomentlogError) -> [CommitReceipt] {
        guard !isEnded.withLock({ $0 }) else { throw .turnEnded }
        return try await log.appendNow(commits, keeping: requests)
    }

    func end() {
        let isFirst = isEnded.withLock { isEnded in
            defer { isEnded = true }
            return !isEnded
        }
        if isFirst { log.line.leave() }
    }
}
