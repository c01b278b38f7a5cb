import Glibc

/// Standard error. Failures to write to it cannot be reported.
enum StandardError {
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(2, buffer.baseAddress?.advanced(by: start), bytes.count - start)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            start += count
        }
    }

    /// Opens those of the three standard descriptors that the caller closed, so that no other file
    /// gets their numbers. Writing to them fails as it should.
    static func claimDescriptors() {
        for descriptor: CInt in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            // Read only: output that nobody receives is an error.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}
