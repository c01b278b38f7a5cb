import Glibc
import Momentlog
import Moments

/// The lines of a file or of standard input, as they become readable, in bounded memory.
struct LineReader: ~Copyable {
    enum Line {
        /// A line without its line feed.
        case complete(ArraySlice<UInt8>)
        /// A line of more bytes than are read.
        case tooLong
    }

    private let descriptor: CInt
    private let source: String
    private var buffer: [UInt8] = []
    /// What is read into: made once, since a pipe often gives but a line at a time.
    private var chunk = [UInt8](repeating: 0, count: 1 << 17)
    /// What of the buffer is in lines that were handed out.
    private var start = 0
    /// Up to where the buffer is known to hold no line feed.
    private var searched = 0
    private var isSkipping = false
    /// How many bytes of a line that is too long were skipped.
    private var skipped = 0
    private var isAtEnd = false

    /// The most lines that are handed out together.
    private static let mostLines = 256

    /// How many bytes of one line are read, to find its end, before the input is given up.
    private static let mostSkipped = 1 << 26

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

    /// The next lines: at least one, and those that can be read with it at once; nil at
    /// the end. It blocks its thread.
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
        while lines.count < Self.mostLines,
            let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n"))
        {
            lines.append(isSkipping ? .tooLong : line(upTo: end))
            isSkipping = false
            start = end + 1
            searched = start
        }
        guard lines.count < Self.mostLines else { return lines }
        searched = buffer.count
        if isAtEnd && (start < buffer.count || isSkipping) {
            lines.append(isSkipping ? .tooLong : line(upTo: buffer.count))
            isSkipping = false
            start = buffer.count
        }
        return lines
    }

    private func line(upTo end: Int) -> Line {
        end - start > InstructionLine.mostBytes ? .tooLong : .complete(buffer[start..<end])
    }

    private mutating func readMore() throws(MomentlogError) {
        buffer.removeFirst(start)
        if isSkipping || buffer.count > InstructionLine.mostBytes {
            isSkipping = true
            skipped += buffer.count
            buffer.removeAll()
            guard skipped < Self.mostSkipped else {
                throw NamedInput.unreadable(
                    source, "a line has more than \(Self.mostSkipped) bytes")
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
