package import CShims
package import Glibc

/// The identity of a file or folder, whatever its names.
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

    /// The identity of the file at a path, following links; nil if there is none.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The identity of the file at a path, without following a link; nil with `errno` if that
    /// fails.
    ///
    /// Its times are not read: a file whose times were read gets a new one with its next write,
    /// which the next sync of any file near it then waits for
    /// (<https://docs.kernel.org/filesystems/multigrain-ts.html>).
    package init?(at path: String) {
        var file = momentlog_file()
        guard momentlog_inspect_file(-1, path, &file) == 0 else { return nil }
        self.init(file)
    }

    /// The identity of an open file, as ``init(at:)``.
    package init?(descriptor: CInt) {
        var file = momentlog_file()
        guard momentlog_inspect_file(descriptor, nil, &file) == 0 else { return nil }
        self.init(file)
    }
}
