import Glibc
import Momentlog
import Moments

/// Reads the lines of a file or of standard input as they arrive, in bounded memory.
struct LineReader: ~Copyable {
    enum Line {
        /// A line without its line feed.
        case complete(ArraySlice<UInt8>)
        /// A line that exceeds the maximum length.
        case tooLong
    }

    private let descriptor: CInt
    private let source: String
    private var buffer: [UInt8] = []
    /// The read buffer, allocated once, since a pipe often provides only one line at a time.
    private var chunk = [UInt8](repeating: 0, count: 1 << 17)
    /// The end of the lines in the buffer that were returned.
    private var start = 0
    /// The position up to which the buffer contains no line feed.
    private var searched = 0
    private var isSkipping = false
    /// The number of skipped bytes of a line that is too long.
    private var skipped = 0
    private var isAtEnd = false

    /// The maximum number of lines that are returned together.
    private static let maximumLineCount = 256

    /// The number of bytes of one line after which the input is given up.
    private static let maximumSkippedByteCount = 1 << 26

    /// - Parameter path: The file; nil for standard input.
    init(path: String?) throws(MomentlogError) {
        source = path ?? "standard input"
        guard let path else {
            descriptor = 0
            return
        }
        descriptor = try NamedInput.open(path)
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    /// Returns the next lines: at least one, and those that can be read with it at once; nil at the
    /// end. It blocks its thread.
    mutating func next() throws(MomentlogError) -> [Line]? {
        var lines = takeLines()
        while lines.isEmpty && !isAtEnd {
            try readMore()
            lines = takeLines()
        }
        return lines.isEmpty ? nil : lines
    }

    private mutating func takeLines() -> [Line] {
        var lines: [Line] = []
        while lines.count < Self.maximumLineCount,
            let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n"))
        {
            lines.append(isSkipping ? .tooLong : line(upTo: end))
            isSkipping = false
            start = end + 1
            searched = start
        }
        guard lines.count < Self.maximumLineCount else { return lines }
        searched = buffer.count
        if isAtEnd && (start < buffer.count || isSkipping) {
            lines.append(isSkipping ? .tooLong : line(upTo: buffer.count))
            isSkipping = false
            start = buffer.count
        }
        return lines
    }

    private func line(upTo end: Int) -> Line {
        end - start > InstructionLine.maximumByteCount ? .tooLong : .complete(buffer[start..<end])
    }

    private mutating func readMore() throws(MomentlogError) {
        buffer.removeFirst(start)
        if isSkipping || buffer.count > InstructionLine.maximumByteCount {
            isSkipping = true
            skipped += buffer.count
            buffer.removeAll()
            guard skipped < Self.maximumSkippedByteCount else {
                throw NamedInput.unreadable(
                    source, "a line has more than \(Self.maximumSkippedByteCount) bytes")
            }
        } else {
            skipped = 0
        }
        start = 0
        searched = buffer.count
        var read = 0
        repeat {
            read = chunk.withUnsafeMutableBytes { bytes in
                Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            }
        } while read < 0 && errno == EINTR
        guard read >= 0 else {
            throw NamedInput.unreadable(source, String(cString: strerror(errno)))
        }
        isAtEnd = read == 0
        chunk.withUnsafeBytes { bytes in
            buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<read]))
        }
    }
}
