import Foundation
import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What tells whether a store's database was changed: as long as it is the same, nobody has
/// written to it.
struct FileStamp: Sendable, Hashable {
    /// Of the database file.
    struct Content: Sendable, Hashable {
        var inode: UInt64
        var byteCount: Int64
        /// In nanoseconds since 1970.
        var modificationTime: Int64
        var changeTime: Int64
    }

    let database: Content
    /// Whether there is anything in the write-ahead log.
    let hasWAL: Bool
}

extension StoreFiles {
    /// The stamp of the store as it is now; nil if there is no database.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if the files cannot be inspected.
    func stamp() throws(MomentlogError) -> FileStamp? {
        guard let database = try status(database) else { return nil }
        let content = FileStamp.Content(
            inode: UInt64(database.st_ino), byteCount: Int64(database.st_size),
            modificationTime: Self.nanoseconds(database.st_mtim),
            changeTime: Self.nanoseconds(database.st_ctim))
        return FileStamp(
            database: content, hasWAL: try status(writeAheadLog).map { $0.st_size > 0 } ?? false)
    }

    private func status(_ path: String) throws(MomentlogError) -> stat? {
        var status = stat()
        if stat(path, &status) == 0 { return status }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw MomentlogError(
            .storage, "cannot inspect \(path): \(String(cString: strerror(errno)))")
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
