import CShims
import Foundation
import Logging
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A store that is written beside the place where it will be, and goes there only when it is
/// complete, verified, and on stable storage.
struct StoreDraft {
    let files: StoreFiles

    /// Makes an empty database file beside a place, and the folders above it.
    init(beside place: String) throws(MomentlogError) {
        files = StoreFiles(path: place + ".new-\(UUID().uuidString)")
        try files.create()
    }

    /// All names that the draft has, or may have had.
    private var names: [String] {
        [files.database, files.writeAheadLog, files.sharedMemory, files.head]
    }

    /// Removes what is left of it.
    func remove() {
        for name in names { unlink(name) }
    }

    /// Verifies the whole log, and leaves it as one synced database file and its head.
    ///
    /// It blocks its thread.
    ///
    /// - Parameter logger: Where it is remarked that there is no head yet.
    func verified(
        _ logger: Logger = Logger(label: "momentlog", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws(MomentlogError) -> StoreHead {
        let log = try SQLiteEventLog.openNow(
            path: files.database,
            options: SQLiteEventLog.Options(createsStore: false, logger: logger))
        let head: Result<StoreHead, MomentlogError>
        do throws(MomentlogError) {
            head = .success(
                try log.readNow { [files] in try LogVerification.head($0, files) })
        } catch {
            head = .failure(error)
        }
        log.closeNow()
        let verified = try head.get()
        guard !FileManager.default.fileExists(atPath: files.writeAheadLog) else {
            throw MomentlogError(.storage, "\(files.database) did not become one file")
        }
        try FileCopy.write(Array(verified.text.utf8), to: files.head)
        try FileCopy.sync(files.database)
        return verified
    }

    /// Puts it at its place, where nothing may be, and its head beside it.
    ///
    /// The database goes first: one without its head is whole, a head without its database
    /// would tell of a loss.
    func place(at target: StoreFiles) throws(MomentlogError) {
        for (draft, name) in [(files.database, target.database), (files.head, target.head)] {
            guard momentlog_rename_to_new(draft, name) == 0 else {
                throw MomentlogError(
                    .outputRefused,
                    "cannot make \(name): \(String(cString: strerror(errno)))",
                    hint: "name a file that is not there yet")
            }
        }
        FileCopy.syncFolder(of: target.database)
    }
}
