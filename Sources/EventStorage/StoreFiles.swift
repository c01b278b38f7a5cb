import CShims
import Foundation
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What tells a file from all others, whatever name it has.
struct FileIdentity: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
}

/// The files that a store consists of.
struct StoreFiles: Sendable {
    /// The database.
    let database: String

    /// The head: the log's size and root hash after the last commit.
    var head: String { database + ".head" }

    /// SQLite's write-ahead log, there only while the store is in use.
    var writeAheadLog: String { database + "-wal" }

    /// SQLite's index of the write-ahead log, likewise.
    var sharedMemory: String { database + "-shm" }

    /// SQLite's rollback journal, which a database of ours never has.
    var rollbackJournal: String { database + "-journal" }

    /// Refuses to make a store beside files that are not its own: those of a database that is
    /// missing, whose write-ahead log may be all that is left of acknowledged commits, and a
    /// head file that somebody else wrote.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func checkNeighbours() throws(MomentlogError) {
        let manager = FileManager.default
        for path in [writeAheadLog, rollbackJournal, sharedMemory]
        where manager.fileExists(atPath: path) {
            // Another process may have made the store just now.
            guard !manager.fileExists(atPath: database) else { return }
            throw MomentlogError(
                .storage, "\(path) exists, and its database \(database) does not",
                hint: "it may hold commits that were acknowledged: put its database back beside"
                    + " it, or move it away")
        }
        try checkHead()
    }

    /// Refuses a head file that is not ours: not empty, not only NUL bytes, and no head.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func checkHead() throws(MomentlogError) {
        guard let bytes = try HeadFile.bytes(head), bytes.contains(where: { $0 != 0 }),
            !bytes.starts(with: Array("momentlog/".utf8))
        else { return }
        throw MomentlogError(
            .storage, "\(head) is not a head file, and a head file would replace it",
            hint: "move it away, or name another store", suggestion: .nameStore)
    }

    /// The files of the store at a path.
    ///
    /// Links are followed first, as SQLite follows them: under each of its names a
    /// database has to have the same head, whose lock is the right to write.
    init(path: String) {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        let resolved =
            Self.resolved(url.path)
            ?? Self.resolved(folder).map { $0 + "/" + url.lastPathComponent }
        database = resolved ?? url.path
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether nobody can write where the database is.
    var isOnReadOnlyFileSystem: Bool {
        var status = statvfs()
        return statvfs(database, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
    }

    /// The name by which SQLite opens a database that cannot change.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if there is a WAL, which it would not read.
    func immutableURI() throws(MomentlogError) -> String {
        var status = stat()
        guard stat(writeAheadLog, &status) != 0 || status.st_size == 0 else {
            throw MomentlogError(
                .storage,
                "\(writeAheadLog) holds commits, and cannot be read from a read-only file system",
                hint: "copy \(database), its -wal and its .head together, and open the copy")
        }
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "/-._~")
        let path = database.addingPercentEncoding(withAllowedCharacters: allowed) ?? database
        return "file://\(path)?immutable=1"
    }

    /// Whether there is a write-ahead log, and nothing in it.
    var hasEmptyWAL: Bool {
        var status = stat()
        return stat(writeAheadLog, &status) == 0 && status.st_size == 0
    }

    /// Which file stands at the database's path.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if there is none.
    func identity() throws(MomentlogError) -> FileIdentity {
        var file = momentlog_file()
        guard momentlog_look_at(-1, database, &file) == 0 else {
            throw MomentlogError(
                .storage,
                "the store \(database) is gone: \(String(cString: strerror(errno)))",
                hint: "put it back, and open it again; what was acknowledged was in it")
        }
        return FileIdentity(device: file.device, inode: file.inode)
    }

    /// Refuses a database that was removed or replaced while it was open: what is done to it
    /// would be lost.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func check(_ identity: FileIdentity) throws(MomentlogError) {
        guard try self.identity() == identity else {
            throw MomentlogError(
                .storage, "another file was put at \(database) while the store was open",
                hint: "open the store again to work with what is there now")
        }
    }

    /// What stands at the database's path.
    enum Presence: Sendable {
        case nothing
        /// A file without content: its maker was killed before the first commit.
        case emptyFile
        case something
    }

    /// Looks at the database's path.
    ///
    /// - Throws: ``MomentlogError`` with `storage` for what is no file, or is one that
    ///   is too short to be a database: SQLite would take one of a single byte for
    ///   empty, and write to it.
    func presence() throws(MomentlogError) -> Presence {
        var status = stat()
        guard stat(database, &status) == 0 else {
            let code = errno
            // SQLite would follow the link and make a file there as it sees fit.
            guard lstat(database, &status) != 0 else {
                throw MomentlogError(
                    .storage, "\(database) is a link that leads nowhere",
                    hint: "remove it, or name the store that it should lead to")
            }
            errno = code
            if errno == ENOENT || errno == ENOTDIR { return .nothing }
            throw failure("look at", errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MomentlogError(
                .storage, "\(database) is not a file, and so no store",
                hint: "name the store's database file", suggestion: .nameStore)
        }
        guard status.st_nlink < 2 else {
            throw MomentlogError(
                .storage, "\(database) has \(status.st_nlink) names (hard links)",
                hint: "leave it one: writers under two names would not know of each other")
        }
        if status.st_size == 0 { return .emptyFile }
        guard status.st_size >= 512 else {
            throw MomentlogError(
                .storage, "\(database) is not a momentlog store", hint: "name the store's file",
                suggestion: .nameStore)
        }
        return .something
    }

    /// Makes an empty database file that only its owner can read, whatever the
    /// umask, and the folders above it.
    ///
    /// It is made under another name and renamed: closing a descriptor of a file
    /// that SQLite has open would drop SQLite's locks on it. `-wal` and `-shm`
    /// take their mode from the database.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func create() throws(MomentlogError) {
        try checkNeighbours()
        let folder = URL(fileURLWithPath: database).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw MomentlogError(
                .storage,
                "cannot make the folder \(folder) for the store:"
                    + " \(error.localizedDescription)", cause: error)
        }
        let draft = database + ".new-\(UUID().uuidString)"
        let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make", errno) }
        let isMade = fchmod(descriptor, 0o600) == 0
        _ = close(descriptor)
        defer { unlink(draft) }
        guard isMade, momentlog_rename_to_new(draft, database) == 0 || errno == EEXIST else {
            throw failure("make", errno)
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            _ = fsync(directory)
            _ = close(directory)
        }
    }

    private func failure(_ verb: String, _ code: CInt) -> MomentlogError {
        MomentlogError(
            .storage, "cannot \(verb) \(database): \(String(cString: strerror(code)))")
    }
}
