import CShims
import Glibc

/// The kernel's information about a file.
package struct FileDetails: Sendable, Hashable {
    package let identity: FileIdentity
    /// The size in bytes.
    package let size: Int
    /// The number of its names.
    package let links: Int
    /// Whether something is mounted at its path.
    package let isMountPoint: Bool
    package let mode: UInt32
    package let owner: UInt32
    package let group: UInt32
    /// The time of the last change of its content, in nanoseconds since 1970.
    package let contentChange: Int64
    /// The time of the last change, also of its owner, mode and names, in nanoseconds since 1970.
    package let change: Int64

    package var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    package var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
    package var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }

    /// Inspects a path, without following a link at its end; nil with `errno` if that fails.
    package init?(path: String) {
        var found = momentlog_details()
        guard momentlog_inspect(-1, path, &found) == 0 else { return nil }
        self.init(found)
    }

    /// Inspects an open file; nil with `errno` if that fails.
    package init?(descriptor: CInt) {
        var found = momentlog_details()
        guard momentlog_inspect(descriptor, nil, &found) == 0 else { return nil }
        self.init(found)
    }

    private init(_ found: momentlog_details) {
        identity = FileIdentity(found.file)
        size = Int(found.file.size)
        links = Int(found.file.links)
        isMountPoint = found.file.is_mount_point != 0
        mode = found.mode
        owner = found.owner
        group = found.group
        contentChange = found.content_change
        change = found.change
    }

    /// The kind of file, for messages.
    package var kind: String {
        switch mode & UInt32(S_IFMT) {
        case UInt32(S_IFREG): "a regular file"
        case UInt32(S_IFDIR): "a directory"
        case UInt32(S_IFLNK): "a symbolic link"
        case UInt32(S_IFIFO): "a named pipe"
        case UInt32(S_IFSOCK): "a socket"
        default: "a device"
        }
    }
}
