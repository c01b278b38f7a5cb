public import EventStorage
public import Moments

extension CheckpointStore {
    // MARK: Tamper evidence

    /// What stands for the log as it is now: keep it somewhere else, and ``verify(against:progress:)``
    /// shows later that nothing before it was altered or lost.
    ///
    /// - Complexity: O(1).
    public func head() async throws(MomentlogError) -> StoreHead { try await log.head() }

    /// Looks at everything that the store holds, and computes anew what can be computed.
    ///
    /// Without a head that was kept elsewhere, who can write the store's file can alter it so
    /// that nothing shows.
    ///
    /// - Parameters:
    ///   - kept: A head that was taken earlier.
    ///   - progress: Called now and then with the events looked at so far.
    /// - Complexity: O(*n*) in all that the store holds.
    public func verify(
        against kept: StoreHead? = nil, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(MomentlogError) -> Verification {
        try await log.verify(against: kept, progress: progress)
    }
}
