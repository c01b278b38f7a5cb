import EventLog
package import Files
import Glibc
import SQLiteEventLog

/// Opens files for reading, without blocking where nobody expects it.
///
/// Opening a device may already have an effect, and opening a named pipe waits for its writer. So
/// the file at a path is examined before it is opened, and once more afterwards.
package enum InputFile {
    /// Opens a regular file, and nothing else.
    ///
    /// - Parameters:
    ///   - folder: The descriptor of the folder that a relative path starts from.
    ///   - followsLinks: Whether the last part of the path may be a symbolic link.
    /// - Returns: Its descriptor, which the caller closes, and its size.
    static func openRegular(
        _ path: String, in folder: CInt = AT_FDCWD, followsLinks: Bool = true
    ) throws(FileBytes.Failure) -> (descriptor: CInt, size: Int) {
        var status = stat()
        guard fstatat(folder, path, &status, followsLinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else {
            throw FileBytes.Failure(code: errno)
        }
        guard kind(status) == S_IFREG else { throw FileBytes.Failure.notRegular }
        try checkStores(status)
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor = openat(folder, path, followsLinks ? flags : flags | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileBytes.Failure(code: errno) }
        guard fstat(descriptor, &status) == 0, kind(status) == S_IFREG else {
            close(descriptor)
            throw FileBytes.Failure.notRegular
        }
        return (descriptor, Int(status.st_size))
    }

    /// Opens a file that a user has named, to be read to its end: a file, a pipe such as that of a
    /// process substitution, or a character device such as a terminal.
    ///
    /// It waits for the writer of a named pipe, and blocks its thread meanwhile.
    ///
    /// - Returns: Its descriptor, which the caller closes.
    package static func openStream(_ path: String) throws(FileBytes.Failure) -> CInt {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileBytes.Failure(code: errno) }
        try check(status)
        try checkStores(status)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileBytes.Failure(code: errno) }
        do throws(FileBytes.Failure) {
            guard fstat(descriptor, &status) == 0 else { throw FileBytes.Failure(code: errno) }
            try check(status)
            if kind(status) != S_IFREG { try block(on: descriptor, kind(status)) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Refuses the database of a store that this process has open: closing it would drop the locks
    /// that SQLite holds on it (<https://www.sqlite.org/howtocorrupt.html>).
    private static func checkStores(_ status: stat) throws(FileBytes.Failure) {
        let (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        guard DatabaseFile.isOpen(device: device, inode: inode) else { return }
        throw FileBytes.Failure(reason: "the database of a store that is open")
    }

    private static func kind(_ status: stat) -> mode_t { status.st_mode & S_IFMT }

    private static func check(_ status: stat) throws(FileBytes.Failure) {
        switch kind(status) {
        case S_IFREG, S_IFIFO, S_IFCHR: return
        case S_IFDIR: throw FileBytes.Failure(code: EISDIR)
        default: throw FileBytes.Failure(reason: "neither a file nor a pipe")
        }
    }

    /// Lets reads wait for data from now on.
    private static func block(
        on descriptor: CInt, _ kind: mode_t
    ) throws(FileBytes.Failure) {
        if kind == S_IFIFO {
            // A read before the first writer has come would report the end of the file.
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            while poll(&waiting, 1, -1) < 0 {
                guard errno == EINTR else { throw FileBytes.Failure(code: errno) }
            }
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 else {
            throw FileBytes.Failure(code: errno)
        }
    }
}
