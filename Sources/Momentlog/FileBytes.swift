#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The bytes behind a file descriptor.
enum FileBytes {
    /// The system's reason why something cannot be read.
    struct Failure: Error {
        let reason: String

        init(code: CInt) { reason = String(cString: strerror(code)) }
    }

    /// Reads to the end, but no more than one byte beyond a limit.
    ///
    /// - Parameter expected: How many bytes there should be; more may come.
    static func read(
        _ descriptor: CInt, limit: Int, expecting expected: Int = 0
    ) throws(Failure) -> [UInt8] {
        let most = limit + 1
        var bytes = [UInt8](repeating: 0, count: min(most, max(expected + 1, 1 << 12)))
        var count = 0
        while count < most {
            if count == bytes.count {
                let more = min(most - count, count)
                bytes.append(contentsOf: repeatElement(0, count: more))
            }
            let room = bytes.count - count
            let read = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), room)
            }
            if read < 0 && errno == EINTR { continue }
            guard read >= 0 else { throw Failure(code: errno) }
            if read == 0 { break }
            count += read
            // All that the file has, and less than was asked for: its end.
            if count == expected && read < room { break }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
