import CShims
import EventLog
import Files
import Foundation
import Glibc
import Moments
import Synchronization

/// A database file that this process has open.
///
/// A process that closes any descriptor of a file drops the locks that SQLite holds on it
/// (<https://www.sqlite.org/howtocorrupt.html#posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>).
/// So the descriptors of one file are kept in a table of the process and closed together when the
/// last reference is released, and every owner of SQLite connections to a file keeps a reference
/// until they are closed. Nothing else in the process opens a database file.
///
/// An open file keeps its inode: no other file can be mistaken for it.
///
/// It is a class because it owns descriptors.
package final class DatabaseFile: Sendable {
    /// The state of one file in this process, shared by all references to it.
    final class Entry: Sendable {
        struct State {
            var references = 0
            /// For reading; the lease has its own descriptor.
            var reading: CInt
            var writing: CInt?
            /// Descriptors of the file that were opened under another name.
            var others: [CInt] = []
            /// The number of writers and sets of reading connections that share the index of the
            /// WAL.
            var sharers = 0
            /// The number of them that do not write to it.
            var passiveSharers = 0
        }

        let identity: FileIdentity
        let state: Mutex<State>
        /// The kernel's lock belongs to the descriptor, and does not exclude the threads of this
        /// process from each other.
        let turn = FairTurn()
        let courtesy = Mutex(LeaseCourtesy())

        init(_ identity: FileIdentity, reading: CInt) {
            self.identity = identity
            state = Mutex(State(reading: reading))
        }
    }

    private static let table = Mutex<[FileIdentity: Entry]>([:])

    let entry: Entry
    /// For reading, until the last reference is released.
    let descriptor: CInt

    var identity: FileIdentity { entry.identity }

    private init(_ entry: Entry) {
        self.entry = entry
        descriptor = entry.state.withLock { state in
            state.references += 1
            return state.reading
        }
    }

    deinit {
        Self.table.withLock { table in
            entry.state.withLock { state in
                state.references -= 1
                guard state.references == 0 else { return }
                table[entry.identity] = nil
                _ = close(state.reading)
                if let writing = state.writing { _ = close(writing) }
                for other in state.others { _ = close(other) }
            }
        }
    }

    /// Opens the regular file at a path; nil if there is none.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func open(_ path: String) throws(MomentlogError) -> DatabaseFile? {
        let opened: Result<DatabaseFile?, MomentlogError> = table.withLock { table in
            // Look the file up first: a superfluous descriptor could not be closed.
            if let details = FileDetails(path: path), let known = table[details.identity] {
                return .success(DatabaseFile(known))
            }
            let descriptor = OpenFile.uninterrupted {
                Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            }
            guard descriptor >= 0 else {
                if errno == ENOENT || errno == ENOTDIR { return .success(nil) }
                return .failure(failure("open", path, errno))
            }
            guard let details = FileDetails(descriptor: descriptor), details.isRegular else {
                _ = close(descriptor)
                return .failure(failure("open", path, EINVAL))
            }
            if let known = table[details.identity] {
                known.state.withLock { $0.others.append(descriptor) }
                return .success(DatabaseFile(known))
            }
            let entry = Entry(details.identity, reading: descriptor)
            table[details.identity] = entry
            return .success(DatabaseFile(entry))
        }
        return try opened.get()
    }

    /// Returns whether a file is open as a store's database: then nothing else may open it.
    package static func isOpen(device: UInt64, inode: UInt64) -> Bool {
        var file = momentlog_file()
        (file.device, file.inode) = (device, inode)
        let identity = FileIdentity(file)
        return table.withLock { $0[identity] != nil }
    }

    /// Creates an empty file that only its owner can read, unless one exists.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func create(_ path: String) throws(MomentlogError) {
        let made: Result<Void, MomentlogError> = table.withLock { table in
            let descriptor = OpenFile.uninterrupted {
                Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            }
            guard descriptor >= 0 else {
                return errno == EEXIST ? .success(()) : .failure(failure("make", path, errno))
            }
            // Set the mode regardless of the umask. Others may have opened it already.
            let isMade = fchmod(descriptor, 0o600) == 0
            let code = errno
            let known = FileDetails(descriptor: descriptor).flatMap { table[$0.identity] }
            if let known {
                known.state.withLock { $0.others.append(descriptor) }
            } else {
                _ = close(descriptor)
            }
            return isMade ? .success(()) : .failure(failure("make", path, code))
        }
        try made.get()
    }

    /// Returns the descriptor for writing, which has the write lease.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if it cannot be opened, or is no longer at the
    ///   path.
    func writing(at path: String) throws(MomentlogError) -> CInt {
        if let known = entry.state.withLock({ $0.writing }) { return known }
        let opened: Result<CInt, MomentlogError> = Self.table.withLock { table in
            if let known = entry.state.withLock({ $0.writing }) { return .success(known) }
            let descriptor = OpenFile.uninterrupted {
                Glibc.open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            }
            guard descriptor >= 0 else {
                return .failure(
                    Self.failure(
                        "open", path, errno,
                        hint: "the store and its folder must be writable to change it"))
            }
            let found = FileDetails(descriptor: descriptor)?.identity
            guard found == identity else {
                if let found, let other = table[found] {
                    other.state.withLock { $0.others.append(descriptor) }
                } else {
                    _ = close(descriptor)
                }
                return .failure(StoreFiles.replaced(path))
            }
            entry.state.withLock { $0.writing = descriptor }
            return .success(descriptor)
        }
        return try opened.get()
    }

    private static func failure(
        _ verb: String, _ path: String, _ code: CInt,
        hint: String = "the store and its folder must be accessible"
    ) -> MomentlogError {
        MomentlogError(
            .storage, "cannot \(verb) \(path): \(String(cString: strerror(code)))", hint: hint)
    }
}
