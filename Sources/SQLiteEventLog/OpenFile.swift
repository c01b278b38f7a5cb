import CShims
import EventLog
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

    init(_ file: momentlog_file) {
        device = file.device
        inode = file.inode
    }
}

/// A file that is open until the last reference to it goes.
///
/// It is a class because it owns a descriptor. It is not for database files: see
/// ``DatabaseFile``.
final class OpenFile: Sendable {
    let descriptor: CInt

    /// Takes over a descriptor.
    init(_ descriptor: CInt) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Opens a regular file without following a link and without waiting, as a named pipe would
    /// make it; nil with `errno` if that fails. What is no regular file gives `EINVAL`.
    convenience init?(_ path: String, flags: CInt = O_RDONLY, mode: mode_t = 0o600) {
        let descriptor = Self.uninterrupted {
            open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
        }
        guard descriptor >= 0 else { return nil }
        self.init(descriptor)
        guard let details, details.isRegular else {
            errno = EINVAL
            return nil
        }
    }

    /// What the kernel knows of the file; nil with `errno` if that fails.
    var details: FileDetails? { FileDetails(descriptor: descriptor) }

    /// Whether nothing is in it; true if that cannot be told.
    var isEmpty: Bool { details.map { $0.size == 0 } ?? true }

    /// Reads from a place, at most so many bytes; nil with `errno` if that fails.
    ///
    /// The result is shorter only where the file ends.
    func read(_ count: Int, at place: Int = 0) -> [UInt8]? {
        Self.read(descriptor, count, at: place)
    }

    static func read(_ descriptor: CInt, _ count: Int, at place: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let done = bytes.withUnsafeMutableBytes { buffer in
                uninterrupted {
                    pread(
                        descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
                        off_t(place + filled))
                }
            }
            guard done >= 0 else { return nil }
            if done == 0 { break }
            filled += done
        }
        return Array(bytes[..<filled])
    }

    /// Writes bytes at a place; false with `errno` if that fails.
    func write(_ bytes: [UInt8], at place: Int = 0) -> Bool {
        var written = 0
        while written < bytes.count {
            let done = bytes.withUnsafeBytes { buffer in
                Self.uninterrupted {
                    pwrite(
                        descriptor, buffer.baseAddress.map { $0 + written },
                        buffer.count - written, off_t(place + written))
                }
            }
            guard done > 0 else { return false }
            written += done
        }
        return true
    }

    /// Repeats a call for as long as signals interrupt it.
    static func uninterrupted<Result: BinaryInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}

/// What the kernel knows of a file.
struct FileDetails: Sendable, Hashable {
    let identity: FileIdentity
    /// In bytes.
    let size: Int
    /// How many names it has.
    let links: Int
    /// Whether something is mounted at its path.
    let isMountPoint: Bool
    let mode: UInt32
    let owner: UInt32
    let group: UInt32
    /// When its content was changed last, in nanoseconds since 1970.
    let contentChange: Int64
    /// When it was changed last, its owner, mode and names included, in nanoseconds since 1970.
    let change: Int64

    var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
    var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }

    /// Looks at a path, and not through a link at its end; nil with `errno` if that fails.
    init?(path: String) {
        var found = momentlog_details()
        guard momentlog_inspect(-1, path, &found) == 0 else { return nil }
        self.init(found)
    }

    /// Looks at an open file; nil with `errno` if that fails.
    init?(descriptor: CInt) {
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

    /// Why a file beside a database is not one that SQLite made for it; nil if it may be.
    func foreignness(databaseOwner: UInt32?) -> String? {
        if links > 1 { return "has \(links) names (hard links)" }
        guard geteuid() == 0, let databaseOwner, owner != databaseOwner else { return nil }
        return "belongs to user \(owner), and the database to user \(databaseOwner)"
    }

    /// What kind of file it is, for people.
    var kind: String {
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
