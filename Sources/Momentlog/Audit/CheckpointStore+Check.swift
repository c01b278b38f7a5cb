public import EventLog
public import Moments
import SQLiteEventLog

extension CheckpointStore {
    /// Verifies everything in a store's files, and compares everything that is derived from its
    /// events with a replay from the first: columns, tables, snapshots, hashes, the head file, and
    /// SQLite's own structure.
    ///
    /// It opens stores that ``open(at:options:)`` refuses, behind their heads or damaged, as far as
    /// they can be read, and only reads. Of an older store, it verifies a copy that it migrates to
    /// the present schema. For example:
    ///
    /// ```swift
    /// let found = try await CheckpointStore.checkStore(at: "checkpoints.db")
    /// for fault in found.faults { print("\(fault.place): \(fault.message)") }
    /// ```
    ///
    /// What is recorded nowhere else cannot be compared: the fingerprint of a request, and the
    /// answer to one that led to no commit. Anyone who can write to the file can also recompute
    /// everything, except a head that was kept elsewhere; see ``verify(against:progress:)``.
    ///
    /// - Parameters:
    ///   - path: The database file.
    ///   - kept: A head that was kept elsewhere.
    ///   - depth: The extent of the verification.
    ///   - progress: Called now and then with the number of events read so far, and of all.
    /// - Throws: ``MomentlogError`` with `storage` if there is no store, or one of another
    ///   application; with `too-new` for one of a later momentlog; with `busy` if its files
    ///   changed each time that they were read.
    /// - Complexity: O(*n*) in all that the store holds, in memory that grows with the live
    ///   checkpoints of all domains, unless only the log is verified.
    public static func checkStore(
        at path: String, against kept: StoreHead? = nil,
        depth: Verification.Depth = .everything,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(MomentlogError) -> Verification {
        try await SQLiteEventLog.check(
            path: path, against: kept, depth: depth, progress: progress)
    }
}
