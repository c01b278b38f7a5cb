import Momentlog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file that is made, and never one that exists.
enum NewFile {
    /// Writes a file that only its owner can read.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused` if it exists, or cannot be written: then
    ///   nothing is left of it.
    static func create(_ path: String, with bytes: [UInt8]) throws(MomentlogError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw failure(path, errno, hint: errno == EEXIST ? "name a new file" : nil)
        }
        var failed: CInt = 0
        var rest = bytes[...]
        while !rest.isEmpty, failed == 0 {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno != EINTR { failed = errno }
            } else {
                rest = rest.dropFirst(count)
            }
        }
        if close(descriptor) != 0, failed == 0 { failed = errno }
        guard failed == 0 else {
            _ = unlink(path)
            throw failure(path, failed, hint: nil)
        }
    }

    private static func failure(_ path: String, _ code: CInt, hint: String?) -> MomentlogError {
        MomentlogError(
            .outputRefused, "cannot write '\(path)': \(String(cString: strerror(code)))",
            hint: hint)
    }
}
