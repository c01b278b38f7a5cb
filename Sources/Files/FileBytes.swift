import Glibc

/// Reads the bytes of an open file.
package enum FileBytes {
    /// Why a file cannot be read.
    package struct Failure: Error {
        package let reason: String

        package init(reason: String) { self.reason = reason }

        package init(code: CInt) { reason = String(cString: strerror(code)) }

        /// A folder, a device or a pipe where a file is expected.
        package static let notRegular = Failure(reason: "not a regular file")
    }

    /// Reads to the end, but no more than one byte beyond a limit.
    ///
    /// - Parameter expected: The expected number of bytes; there may be more.
    package static func read(
        _ descriptor: CInt, limit: Int, expecting expected: Int = 0
    ) throws(Failure) -> [UInt8] {
        let most = max(limit, 0) < .max ? max(limit, 0) + 1 : limit
        let room = expected < .max ? expected + 1 : expected
        // A file may be shorter than its size states.
        let first = min(most, max(room, 1 << 12), 1 << 28)
        var bytes = [UInt8](repeating: 0, count: first)
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
            // Fewer bytes than requested: the end of the file.
            if count == expected && read < room { break }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
