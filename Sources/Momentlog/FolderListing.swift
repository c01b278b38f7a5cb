#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The names in a folder.
///
/// Foundation takes a folder that stops being readable for one that ends there, and what was
/// not seen for what is not there.
enum FolderListing {
    /// All names but those of the folder itself and the one above, in the order of their bytes.
    ///
    /// - Complexity: O(*n* log *n*) in the names.
    static func names(in path: String) throws(FileBytes.Failure) -> [String] {
        guard let folder = opendir(path) else { throw FileBytes.Failure(code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
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
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
