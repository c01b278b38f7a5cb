import Files
import Glibc

/// The names in a folder.
///
/// Foundation treats a folder that stops being readable as one that ends there, so that entries are
/// missed.
enum FolderListing {
    /// The kind of an entry according to the folder.
    enum Kind: Sendable {
        case file, folder
        /// It is not known, or it is a link: the caller has to check.
        case unknown

        /// <https://man7.org/linux/man-pages/man3/readdir.3.html>
        fileprivate init(_ type: UInt8, name: String) {
            switch Int(type) {
            // A name that is not in UTF-8 is not the entry's.
            case _ where name.unicodeScalars.contains("\u{FFFD}"): self = .unknown
            case Int(DT_REG): self = .file
            case Int(DT_DIR): self = .folder
            default: self = .unknown
            }
        }
    }

    /// Returns all names except those of the folder itself and its parent, sorted by their bytes.
    ///
    /// - Complexity: O(*n* log *n*) in the names.
    static func names(in path: String) throws(FileBytes.Failure) -> [String] {
        try entries(in: path).map(\.name)
    }

    /// As ``names(in:)``, with the kind of each.
    static func entries(
        in path: String
    ) throws(FileBytes.Failure) -> [(name: String, kind: Kind)] {
        guard let folder = opendir(path) else { throw FileBytes.Failure(code: errno) }
        return try entries(of: folder)
    }

    /// As ``entries(in:)-(String)``, of a folder that is open.
    static func entries(
        in folder: OpenFolder
    ) throws(FileBytes.Failure) -> [(name: String, kind: Kind)] {
        let descriptor = openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileBytes.Failure(code: errno) }
        guard let folder = fdopendir(descriptor) else {
            let failure = FileBytes.Failure(code: errno)
            close(descriptor)
            throw failure
        }
        return try entries(of: folder)
    }

    /// Lists a folder, and closes it.
    private static func entries(
        of folder: OpaquePointer
    ) throws(FileBytes.Failure) -> [(name: String, kind: Kind)] {
        defer { closedir(folder) }
        var entries: [(name: String, kind: Kind)] = []
        while true {
            // The one way to tell an error from the end.
            errno = 0
            guard let entry = readdir(folder) else {
                if errno == 0 { break }
                throw FileBytes.Failure(code: errno)
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." {
                entries.append((name, Kind(entry.pointee.d_type, name: name)))
            }
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
