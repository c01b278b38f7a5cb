import Glibc

/// A file that is open until its last reference is released.
///
/// It is a class because it owns a descriptor. Do not use it for databases that SQLite has open:
/// closing a descriptor drops SQLite's locks.
package final class OpenFile: Sendable {
    package let descriptor: CInt

    /// Takes over a descriptor.
    package init(_ descriptor: CInt) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Opens a regular file without following a link and without blocking on a named pipe; nil with
    /// `errno` if that fails. Other kinds of files give `EINVAL`.
    package convenience init?(_ path: String, flags: CInt = O_RDONLY, mode: UInt32 = 0o600) {
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

    /// The kernel's information about the file; nil with `errno` if that fails.
    package var details: FileDetails? { FileDetails(descriptor: descriptor) }

    /// Whether the file is empty; true if that is not known.
    package var isEmpty: Bool { details.map { $0.size == 0 } ?? true }

    /// Reads at an offset, at most so many bytes; nil with `errno` if that fails.
    ///
    /// The result is shorter only at the end of the file.
    package func read(_ count: Int, at place: Int = 0) -> [UInt8]? {
        Self.read(descriptor, count, at: place)
    }

    package static func read(_ descriptor: CInt, _ count: Int, at place: Int) -> [UInt8]? {
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

    /// Writes bytes at an offset; false with `errno` if that fails.
    package func write(_ bytes: [UInt8], at place: Int = 0) -> Bool {
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
    package static func uninterrupted<Result: BinaryInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
