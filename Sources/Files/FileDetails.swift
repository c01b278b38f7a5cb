import CShims
import Glibc

/// What the kernel knows of a file.
package struct FileDetails: Sendable, Hashable {
    package let identity: FileIdentity
    /// In bytes.
    package let size: Int
    /// How many names it has.
    package let links: Int
    /// Whether something is mounted at its path.
    package let isMountPoint: Bool
    package let mode: UInt32
    package let owner: UInt32
    package let group: UInt32
    /// When its content was changed last, in nanoseconds since 1970.
    package let contentChange: Int64
    /// When it was changed last, its owner, mode and names included, in nanoseconds since 1970.
    package let change: Int64

    package var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    package var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
    package var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }

    /// Looks at a path, and not through a link at its end; nil with `errno` if that fails.
    package init?(path: String) {
        var found = momentlog_details()
        guard momentlog_inspect(-1, path, &found) == 0 else { return nil }
        self.init(found)
    }

    /// Looks at an open file; nil with `errno` if that fails.
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

    /// What kind of file it is, for people.
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
