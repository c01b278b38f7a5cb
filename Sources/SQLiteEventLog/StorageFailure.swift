import EventLog
import GRDB
import Moments

/// The meaning of SQLite's errors for operators.
enum StorageFailure {
    /// The number of events that the head file beside a database lists; nil if it lists none.
    private static func recordedSize(_ files: StoreFiles) -> Int? {
        (try? HeadFile.read(files.head))?.recorded?.size
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
        return switch failure.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            MomentlogError(
                .busy, "the store \(files.database) is locked: \(text)",
                hint: "try again when the other process is done", cause: error)
        case .SQLITE_NOTADB where recordedSize(files) != nil:
            MomentlogError(
                .corrupt,
                "the store \(files.database) is damaged: it is no database any more, and its head"
                    + " file lists \(recordedSize(files) ?? 0) events",
                hint: "keep the file and its neighbours, and restore a backup", cause: error)
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
