package import CShims
package import Glibc

/// What tells a file or folder from all others, whatever its names.
package struct FileIdentity: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64

    private init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    package init(_ file: momentlog_file) { self.init(device: file.device, inode: file.inode) }

    package init(_ status: stat) {
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// That of what a path leads to, through links; nil if nothing is there.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// That of what is at a path, and not of what a link there leads to; nil with `errno` if that
    /// cannot be told.
    ///
    /// Its times are not asked for: a file whose times were looked at gets a new one with its next
    /// write, which the next sync of any file near it then waits for
    /// (<https://docs.kernel.org/filesystems/multigrain-ts.html>).
    package init?(at path: String) {
        var file = momentlog_file()
        guard momentlog_look_at(-1, path, &file) == 0 else { return nil }
        self.init(file)
    }

    /// That of an open file, as ``init(at:)``.
    package init?(descriptor: CInt) {
        var file = momentlog_file()
        guard momentlog_look_at(descriptor, nil, &file) == 0 else { return nil }
        self.init(file)
    }
}
