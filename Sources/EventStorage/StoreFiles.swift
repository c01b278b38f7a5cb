import Foundation
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The files that a store consists of.
struct StoreFiles: Sendable {
    /// The database.
    let database: String

    /// The head: the log's size and root hash after the last commit.
    var head: String { database + ".head" }

    /// SQLite's write-ahead log, there only while the store is in use.
    var writeAheadLog: String { database + "-wal" }

    /// Whether there is something at the database's path.
    var exists: Bool {
        var status = stat()
        return stat(database, &status) == 0
    }

    /// Makes an empty database file that only its owner can read, whatever the
    /// umask, and the folders above it.
    ///
    /// It is made under another name and linked: closing a descriptor of a file
    /// that SQLite has open would drop SQLite's locks on it. `-wal` and `-shm`
    /// take their mode from the database.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func create() throws(MomentlogError) {
        let folder = URL(fileURLWithPath: database).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw MomentlogError(
                .storage, "cannot make the folder \(folder) for the store", cause: error)
        }
        let draft = database + ".new-\(getpid())"
        let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make", errno) }
        let isMade = fchmod(descriptor, 0o600) == 0
        _ = close(descriptor)
        defer { unlink(draft) }
        guard isMade, link(draft, database) == 0 || errno == EEXIST else {
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
