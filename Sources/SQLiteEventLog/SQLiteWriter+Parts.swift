import CShims
import EventLog
import Files
import Foundation
import GRDB
import Logging
import Moments
import Synchronization

/// What a writer does when its store's files are removed or replaced.
extension SQLiteWriter {
    /// Ensures that the files at the store's paths are those that the connection has open, and that
    /// the head can be written. The lease is held, and nothing has been appended yet.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func checkParts(_ database: Database) throws(MomentlogError) {
        if let difference = parts.difference(files) {
            let isRescued = difference == .writeAheadLog && rescue(database)
            isPoisoned.withLock { $0 = true }
            throw refusal(difference, isRescued: isRescued)
        }
        try files.checkWritable(file.identity)
        try head.prepare()
    }

    /// Returns what is wrong right after a commit; nil if nothing is.
    ///
    /// A WAL that was emptied has no header then, and its content cannot be read by others, or
    /// after a crash (<https://www.sqlite.org/walformat.html#wal_file_format>).
    ///
    /// - Parameter hasWritten: Whether the commit certainly wrote something.
    func differenceAfterCommit(hasWritten: Bool = true) -> StoreParts.Difference? {
        if let difference = parts.difference(files) { return difference }
        return hasLogHeader ?? !hasWritten ? nil : .writeAheadLog
    }

    /// Whether the WAL has its header; nil if it is empty.
    var hasLogHeader: Bool? {
        guard let mark = log.read(3), mark.isEmpty == false else { return nil }
        return mark == [0x37, 0x7f, 0x06]
    }

    /// Returns the error of a commit after which a file of the store was no longer at its path.
    func lost(_ difference: StoreParts.Difference, _ database: Database) -> MomentlogError {
        if difference == .writeAheadLog { rescue(database) }
        isPoisoned.withLock { $0 = true }
        return MomentlogError(
            .outcomeUnknown,
            "\(refusal(difference, isRescued: false).message), so the commit may or may not be there",
            hint: "open the store again to see, and repeat the command if it is not")
    }

    /// Returns the error of a file that is no longer at its path.
    func refusal(
        _ difference: StoreParts.Difference, isRescued: Bool
    ) -> MomentlogError {
        switch difference {
        case .database:
            do throws(MomentlogError) {
                try files.check(file.identity)
            } catch {
                return error
            }
            return StoreFiles.replaced(files.database)
        case .writeAheadLog:
            return MomentlogError(
                .storage,
                "\(files.writeAheadLog) was removed or replaced while the store was open",
                hint: isRescued
                    ? "its commits were moved into the database: open the store again"
                    : "open the store again; if it is behind its head file, commits were lost with"
                        + " the file")
        case .sharedMemory:
            return MomentlogError(
                .storage,
                "\(files.sharedMemory) was removed or replaced while the store was open",
                hint: "open the store again: its commits are in the write-ahead log")
        }
    }

    /// Moves the commits of a WAL that was removed, and that only this process still has open, into
    /// the database. The lease is held.
    ///
    /// Another WAL at its path belongs to other writers; nothing is moved then.
    @discardableResult
    func rescue(_ database: Database) -> Bool {
        guard FileDetails(path: files.writeAheadLog) == nil, errno == ENOENT,
            (try? files.check(file.identity)) != nil
        else { return false }
        let result = try? checkpoint(database)
        let isRescued = result?.isComplete == true
        logger.info(
            "the write-ahead log was removed while the store was open",
            metadata: ["path": "\(files.writeAheadLog)", "rescued": "\(isRescued)"])
        return isRescued
    }
}
