import CShims
import EventLog
import Files
import Foundation
import Glibc
import Moments
import Synchronization

/// Writes the head file of a store.
///
/// It is a class because it owns a descriptor.
final class HeadWriter: Sendable {
    private let path: String
    private let database: DatabaseFile
    private struct Open {
        let file: OpenFile
        let identity: FileIdentity
        /// The content of the file, and the head in it; nil if it contains none.
        var bytes: [UInt8]
        var head: StoreHead?
    }

    private let open = Mutex<Open?>(nil)

    init(_ files: StoreFiles, _ database: DatabaseFile) {
        path = files.head
        self.database = database
    }

    /// Waits for the lock on the head file; ``prepare()`` has been called.
    ///
    /// Up to schema 7 it was the write lease. A process of such a build that had the store open
    /// before its schema was migrated cannot append, but still moves the WAL into the database when
    /// it closes the store, and holds this lock meanwhile.
    ///
    /// It blocks its thread.
    ///
    /// - Throws: ``MomentlogError`` with `busy` or `storage`.
    func acquireFormerLease(until deadline: ContinuousClock.Instant) throws(MomentlogError) {
        guard let descriptor = open.withLock({ $0?.file.descriptor }) else {
            throw failure(EBADF)
        }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard [EWOULDBLOCK, EINTR].contains(errno) else { throw failure(errno) }
            guard ContinuousClock.now < deadline else {
                throw MomentlogError(
                    .busy, "another process holds the lock on \(path)",
                    hint: "try again when it is done; 'fuser \(path)' shows which it is")
            }
            usleep(500)
        }
    }

    func releaseFormerLease() {
        open.withLock { open in
            if let open { _ = flock(open.file.descriptor, LOCK_UN) }
        }
    }

    /// Ensures that the head file exists and may be written to. A missing file is created, with the
    /// owner and the mode of the database.
    ///
    /// The lease is held, and nothing has been appended yet.
    ///
    /// - Throws: ``MomentlogError`` with `storage` for a file that is not ours.
    func prepare() throws(MomentlogError) {
        if open.withLock({ refresh(&$0) }) { return }
        // Closing it releases its lock, too.
        open.withLock { $0 = nil }
        let owner = FileDetails(descriptor: database.descriptor)
        var file = OpenFile(path, flags: O_RDWR)
        if file == nil, errno == ENOENT { file = try make(like: owner) }
        try HeadFile.checkOurs(path, file, databaseOwner: owner?.owner)
        guard let file, let identity = file.details?.identity,
            let bytes = file.read(HeadFile.maximumByteCount)
        else { throw failure(errno) }
        open.withLock {
            $0 = Open(file: file, identity: identity, bytes: bytes, head: HeadFile(bytes).recorded)
        }
    }

    /// Reads the present content of the file; false if it is another file, or contains no head.
    private func refresh(_ open: inout Open?) -> Bool {
        guard let known = open else { return false }
        var named = momentlog_file()
        guard momentlog_inspect_file(-1, path, &named) == 0, FileIdentity(named) == known.identity,
            named.links == 1, let bytes = known.file.read(HeadFile.maximumByteCount),
            bytes.starts(with: HeadFile.mark)
        else { return false }
        // Usually it is what was written last.
        guard bytes != known.bytes else { return true }
        open?.bytes = bytes
        open?.head = HeadFile(bytes).recorded
        return true
    }

    /// The head in the file when ``prepare()`` was called; nil if it contained none.
    var recorded: StoreHead? { open.withLock { $0?.head } }

    private func make(like database: FileDetails?) throws(MomentlogError) -> OpenFile {
        guard let file = OpenFile(path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600) else {
            throw failure(errno)
        }
        let mode = mode_t((database?.mode ?? 0o600) & 0o666)
        var isMade = true
        // As root, in another user's store.
        if let database, let made = file.details, made.owner != database.owner {
            isMade = fchown(file.descriptor, database.owner, database.group) == 0
        }
        // Set the mode regardless of the umask.
        guard isMade, fchmod(file.descriptor, mode) == 0 else {
            let code = errno
            unlink(path)
            throw failure(code)
        }
        return file
    }

    /// Writes the head in place, while the lease is held. It is not synced: it is never ahead of
    /// the log, and if it is behind, only its check is weaker.
    ///
    /// Returns whether it was written.
    func write(_ head: StoreHead) -> Bool {
        open.withLock { open in
            guard let file = open?.file else { return false }
            let bytes = Array(head.text.utf8)
            open?.bytes = bytes
            open?.head = head
            guard file.write(bytes) else { return false }
            // Only a head of another store can be longer than this one's.
            var found = momentlog_file()
            guard momentlog_inspect_file(file.descriptor, nil, &found) == 0 else { return false }
            return found.size == bytes.count || ftruncate(file.descriptor, bytes.count) == 0
        }
    }

    private func failure(_ code: CInt) -> MomentlogError {
        MomentlogError(
            .storage, "cannot open the head file \(path): \(String(cString: strerror(code)))",
            hint: "the store and its folder must be writable to change it")
    }
}
