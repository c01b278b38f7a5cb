import EventLog
import GRDB
import Glibc
import Moments

/// The meaning of SQLite's errors for operators.
enum StorageFailure {
    /// Returns the error of a file that is no database, though a head file beside it lists events.
    static func noDatabase(
        _ files: StoreFiles, _ recorded: StoreHead, cause: (any Error)?
    ) -> MomentlogError {
        MomentlogError(
            .corrupt,
            "the store \(files.database) is damaged: it is not an SQLite database, and its head file"
                + " lists \(recorded.size) events",
            hint: "keep the file and its neighbours, and restore a backup", cause: cause)
    }

    /// Whether the store's file system is full: SQLite calls it an I/O error if the index of the WAL
    /// cannot grow.
    private static func hasNoSpace(_ files: StoreFiles) -> Bool {
        var status = statvfs()
        return statvfs(files.database, &status) == 0 && status.f_bavail == 0
    }

    /// Returns momentlog's error for another, with its cause.
    static func mapped(_ error: any Error, _ files: StoreFiles) -> MomentlogError {
        if let known = error as? MomentlogError { return known }
        if error is RowDecodingError {
            return MomentlogError(
                .corrupt, "the store \(files.database) is damaged: \(error)",
                hint: "keep the file, and restore a copy", cause: error)
        }
        guard let failure = error as? DatabaseError else {
            return MomentlogError(
                .storage, "the store \(files.database) failed: \(error)", cause: error)
        }
        let text = failure.message ?? "\(failure.resultCode)"
        if failure.resultCode == .SQLITE_NOTADB,
            let recorded = (try? HeadFile.read(files.head))?.recorded
        {
            return noDatabase(files, recorded, cause: error)
        }
        return switch failure.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            MomentlogError(
                .busy, "the store \(files.database) is locked: \(text)",
                hint: "try again when the other process is done", cause: error)
        case .SQLITE_NOTADB:
            MomentlogError(
                .storage, "\(files.database) is not a momentlog store",
                hint: "name the store's file", suggestion: .nameStore, cause: error)
        case .SQLITE_CORRUPT:
            MomentlogError(
                .corrupt, "the store \(files.database) is damaged: \(text)",
                hint: "keep the file, and restore a copy", cause: error)
        case .SQLITE_FULL:
            MomentlogError(
                .storage, "no space is left for the store \(files.database)",
                hint: "free some space and try again; nothing was changed", cause: error)
        case .SQLITE_IOERR where hasNoSpace(files):
            MomentlogError(
                .storage,
                "the store \(files.database) failed: \(text): no space is left on its file system",
                hint: "free some space and try again", cause: error)
        case .SQLITE_CANTOPEN:
            MomentlogError(
                .storage, "the store \(files.database) cannot be opened: \(text)",
                hint:
                    "make sure that you have write permission on the file and its folder: SQLite keeps"
                    + " the index of its WAL there, to read as well",
                cause: error)
        case .SQLITE_READONLY:
            MomentlogError(
                .storage, "the store \(files.database) cannot be written to: \(text)",
                hint: "make sure that you have write permission on the file and its folder",
                cause: error)
        default:
            MomentlogError(
                .storage, "the store \(files.database) failed: \(text)", cause: error)
        }
    }
}
