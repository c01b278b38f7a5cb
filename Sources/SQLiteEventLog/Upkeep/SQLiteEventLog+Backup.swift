import EventLog
import Files
import GRDB
public import Moments

/// The result of a backup.
public struct BackupReport: Sendable, Hashable {
    /// Its database file; its head is beside it.
    public let path: String
    /// The number of its events.
    public let eventCount: Int
    /// The root of their Merkle tree, in base64.
    public let root: String
    /// The size of the database file.
    public let byteCount: Int
}

extension SQLiteEventLog {
    /// Copies the store at one moment, even while others write, verifies the copy from its first
    /// event on, and leaves it as one file and its head.
    ///
    /// - Parameters:
    ///   - path: The new file.
    ///   - progress: Called now and then with the number of pages copied so far, and of all.
    /// - Throws: ``MomentlogError`` with `output-refused` if the path exists, `corrupt` if the
    ///   store is damaged, `storage` if the copy cannot be written: nothing is left then;
    ///   `cancelled` if the task was.
    /// - Complexity: O(*n*) in the store's bytes.
    public func backup(
        to path: String, progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(MomentlogError) -> BackupReport {
        try checkOpen()
        return try await BlockingWork.shared.run { [self] cancellation throws(MomentlogError) in
            try backupNow(to: path, cancellation, progress)
        }
    }

    private func backupNow(
        to path: String, _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (WorkProgress) -> Void
    ) throws(MomentlogError) -> BackupReport {
        let target = StoreFiles(path: path)
        try refuseWhatIsThere(at: target)
        // It has its own connections: those of the log may be closed meanwhile.
        let reader = self.newReader()
        defer { reader.close() }
        guard try reader.readNow({ _ in true }) != nil else {
            throw MomentlogError(
                .storage, "there is no store at \(files.database) to back up",
                hint: "name a store that exists", suggestion: .nameStore)
        }
        let draft = try StoreDraft(beside: target)
        let copied: Void? = try reader.readNow(unless: cancellation) {
            try draft.copy($0, cancellation, progress: progress)
        }
        guard copied != nil else {
            throw StoreFiles.replaced(files.database)
        }
        let head = try draft.verified(cancellation, of: files).head
        try cancellation.check()
        try draft.place()
        return BackupReport(
            path: target.database, eventCount: head.size, root: head.rootText,
            byteCount: Self.size(of: target.database))
    }

    /// - Throws: ``MomentlogError`` with `output-refused`.
    private func refuseWhatIsThere(at target: StoreFiles) throws(MomentlogError) {
        guard target.database != files.database else {
            throw MomentlogError(
                .outputRefused, "\(target.database) is the store itself",
                hint: "choose another name for the copy")
        }
        try target.checkName()
        for name in [
            target.database, target.head, target.writeAheadLog, target.rollbackJournal,
            target.sharedMemory,
        ] where FileDetails(path: name) != nil {
            throw MomentlogError(
                .outputRefused, "\(name) already exists",
                hint: "choose another name, or move that file away")
        }
    }
}
