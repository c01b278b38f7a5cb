import CShims
import EventLog
import Glibc
import SQLiteEventLog

/// QEMU's lock on an image file, which shows whether any QEMU has it open, even if only for reading
/// below an overlay.
///
/// Source: `RAW_LOCK_PERM_BASE` and `RAW_LOCK_SHARED_BASE` in QEMU's `block/file-posix.c`: bytes
/// from 100 and from 200 on are locked for what an opener does, and for what it lets others do.
enum ImageLock {
    /// Returns whether a QEMU has the file open, or may have it open. A file that does not exist is
    /// not open.
    ///
    /// It blocks its thread only while it opens a file, and opens only regular files and block
    /// devices.
    static func isHeld(on path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno != ENOENT }
        guard isImage(status) else { return true }
        // Its locks are SQLite's, and would be dropped with the descriptor.
        guard
            !DatabaseFile.isOpen(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        else { return true }
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        guard fstat(descriptor, &status) == 0, isImage(status) else { return true }
        return momentlog_is_locked(descriptor, 100, 200) != 0
    }

    private static func isImage(_ status: stat) -> Bool {
        [S_IFREG, S_IFBLK].contains(status.st_mode & S_IFMT)
    }
}
