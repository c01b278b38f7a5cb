import Foundation
public import Moments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A log that was printed, line by line, as `log --format jsonl` prints it: what can be said
/// of it without its store.
public enum ExportedLog {
    /// What came of comparing an exported log with a head.
    public struct Verification: Sendable, Hashable {
        /// How many lines there are.
        public let size: Int
        /// How many of them came after the head; nil if the log is not the head's.
        public let grown: Int?
        /// What is wrong: one sentence without a full stop; nil if nothing is.
        public let fault: String?
        /// The first line at which something is wrong, if it can be told.
        public let sequence: Int?
    }

    /// A line of more bytes is no event's.
    private static let mostBytes = 1 << 26

    /// Compares a file with a head.
    ///
    /// - Parameters:
    ///   - path: The file; nil for standard input.
    ///   - head: The head that was kept.
    ///   - progress: Called now and then with the lines read so far.
    /// - Throws: ``MomentlogError`` with `unreadable-file`.
    /// - Complexity: O(*n*) in the file's bytes, in the memory of its longest line. It blocks
    ///   its thread.
    public static func verify(
        contentsOf path: String?, against head: StoreHead,
        progress: (Int) -> Void = { _ in }
    ) throws(MomentlogError) -> Verification {
        let name = path ?? "standard input"
        let descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? 0
        guard descriptor >= 0 else { throw unreadable(name, errno) }
        defer { if path != nil { close(descriptor) } }
        var reading = ExportReading(head: head)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var rest: [UInt8] = []
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(name, errno) }
            guard count > 0 else { break }
            chunk.withUnsafeBytes { bytes in
                reading.take(UnsafeRawBufferPointer(rebasing: bytes[..<count]), &rest)
            }
            guard rest.count <= mostBytes else {
                throw MomentlogError(
                    .unreadableFile, "\(name): line \(reading.tree.size + 1) is too long",
                    hint: "'momentlog log --format jsonl' writes what is read here")
            }
            progress(reading.tree.size)
        }
        // The last line may lack its line feed.
        if !rest.isEmpty { rest.withUnsafeBytes { reading.takeLine($0) } }
        return reading.verification
    }

    private static func unreadable(_ name: String, _ code: CInt) -> MomentlogError {
        MomentlogError(
            .unreadableFile, "\(name): \(String(cString: strerror(code)))",
            hint: "make it readable, and try again")
    }
}

/// What was read of an exported log so far.
private struct ExportReading {
    private let head: StoreHead
    private(set) var tree = MerkleTree()
    private var rootAtHead: [UInt8]?
    private var misplaced: (sequence: Int, fault: String)?

    init(head: StoreHead) {
        self.head = head
        if head.size == 0 { rootAtHead = tree.root }
    }

    /// Takes what was read, but for a line that has not ended, which stays in `rest`.
    mutating func take(_ bytes: UnsafeRawBufferPointer, _ rest: inout [UInt8]) {
        var start = 0
        while let base = bytes.baseAddress,
            let end = memchr(base + start, 0x0A, bytes.count - start)
        {
            let length = UnsafeRawPointer(end) - (base + start)
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
            if rest.isEmpty {
                takeLine(line)
            } else {
                rest.append(contentsOf: line)
                rest.withUnsafeBytes { takeLine($0) }
                rest.removeAll(keepingCapacity: true)
            }
            start += length + 1
            if start == bytes.count { break }
        }
        rest.append(contentsOf: bytes[start...])
    }

    mutating func takeLine(_ line: UnsafeRawBufferPointer) {
        tree.append(line)
        let sequence = tree.size
        if sequence == head.size { rootAtHead = tree.root }
        guard misplaced == nil else { return }
        var cursor = LineCursor(line)
        guard !(cursor.pass("{\"sequence\":") && cursor.pass(Int64(sequence)) && cursor.pass(","))
        else { return }
        let event = try? EventLine.decode(String(decoding: line, as: UTF8.self))
        misplaced = (
            sequence,
            event.map { "event \($0.sequence) stands where event \(sequence) belongs" }
                ?? "line \(sequence) is no event's"
        )
    }

    var verification: ExportedLog.Verification {
        var fault = misplaced?.fault
        if fault == nil && tree.size < head.size {
            fault =
                "the export ends at event \(tree.size), and the head tells of \(head.size): its end"
                + " was cut off, or it is older than the head"
        } else if fault == nil && rootAtHead != head.root {
            fault = "the head is not of these events: some of the first \(head.size) were altered"
        }
        return ExportedLog.Verification(
            size: tree.size, grown: fault == nil ? tree.size - head.size : nil, fault: fault,
            sequence: misplaced?.sequence
                ?? (fault != nil && tree.size < head.size ? tree.size + 1 : nil))
    }
}
