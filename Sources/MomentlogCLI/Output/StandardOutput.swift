import Foundation
import Glibc
import Momentlog
import Moments
import Synchronization

/// Buffered standard output that reports its errors.
///
/// It is a class because it owns the buffer of the process's one output.
final class StandardOutput: Sendable {
    static let shared = StandardOutput()

    private let buffer = Mutex<[UInt8]>([])
    private let failed = Atomic(false)

    /// Whether something could not be written.
    var hasFailed: Bool { failed.load(ordering: .relaxed) }

    private static let maximumBufferedByteCount = 1 << 16

    /// Writes a line.
    func print(_ line: String) throws(MomentlogError) {
        try write(line.utf8)
        try write(CollectionOfOne(UInt8(ascii: "\n")))
    }

    /// Writes bytes.
    func write(_ bytes: some Collection<UInt8>) throws(MomentlogError) {
        let isFull = buffer.withLock { buffer in
            buffer.append(contentsOf: bytes)
            return buffer.count >= Self.maximumBufferedByteCount
        }
        if isFull { try flush() }
    }

    /// Whether the output may still have a reader: false once the other end of a pipe is closed.
    var hasReader: Bool {
        var descriptor = pollfd(fd: 1, events: 0, revents: 0)
        return poll(&descriptor, 1, 0) <= 0 || descriptor.revents & Int16(POLLERR) == 0
    }

    /// Discards what was not written yet.
    func discard() { buffer.withLock { $0.removeAll() } }

    /// Writes the buffer.
    func flush() throws(MomentlogError) {
        let failure: Int32? = buffer.withLock { buffer in
            var start = 0
            while start < buffer.count {
                let count = buffer.withUnsafeBytes { bytes in
                    Glibc.write(1, bytes.baseAddress?.advanced(by: start), bytes.count - start)
                }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else {
                    buffer.removeAll()
                    return errno
                }
                start += count
            }
            buffer.removeAll(keepingCapacity: true)
            return nil
        }
        if let failure {
            failed.store(true, ordering: .relaxed)
            throw MomentlogError(
                .outputRefused,
                "standard output cannot be written: \(String(cString: strerror(failure)))")
        }
    }
}
