public import EventLog
public import Moments
import SQLiteEventLog

extension CheckpointStore {
    // MARK: Tamper evidence

    /// Returns the log's head: its size and root hash. Keep it elsewhere, and
    /// ``verify(against:progress:)`` shows later that no event before it was altered or lost.
    ///
    /// - Complexity: O(1).
    public func head() async throws(MomentlogError) -> StoreHead { try await log.head() }

    /// Verifies the log of an open store: its hashes, what is stored beside the events, and the
    /// head file. ``checkStore(at:against:depth:progress:)`` verifies everything.
    ///
    /// Without a head that was kept elsewhere it shows only that the store is consistent with
    /// itself, not that nobody rewrote it; ``Verification/coverage`` states how many events a head
    /// covers.
    ///
    /// - Parameters:
    ///   - kept: A head that was taken earlier.
    ///   - progress: Called now and then with the number of events read so far, and of all.
    /// - Complexity: O(*n*) in all that the store holds.
    public func verify(
        against kept: StoreHead? = nil,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(MomentlogError) -> Verification {
        try await log.verify(against: kept, progress: progress)
    }
}
