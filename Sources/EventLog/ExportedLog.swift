import Foundation
import Glibc
public import Moments

/// A log that was exported as its canonical lines, verified without its store.
public enum ExportedLog {
    /// The result of comparing an exported log with a head.
    public struct Verification: Sendable, Hashable {
        /// The number of lines.
        public let size: Int
        /// The number of lines that the head covers.
        public let coverage: HeadCoverage
        /// What is wrong: one sentence without a full stop; nil if nothing is.
        public let fault: String?
        /// The kind of fault; nil without one.
        public let reason: Reason?
        /// The first line that is at fault, if it is known.
        public let sequence: Int?
    }

    /// Why an export does not match a head.
    public enum Reason: Sendable, Hashable {
        /// A line is not an event: perhaps the export has another format.
        case notAnEvent
        /// An event is missing, repeated or moved: perhaps only some were exported.
        case misplacedEvent
        /// The export has fewer events than the head covers.
        case tooShort
        /// The lines end with CR LF, so that all their hashes differ.
        case lineEnds
        /// The events are not those of the head.
        case otherEvents
    }

    /// Compares a file with a head.
    ///
    /// - Parameters:
    ///   - path: The file; nil for standard input.
    ///   - head: The head that was kept.
    ///   - progress: Called now and then with the number of lines read so far; how many there
    ///     are is not known before.
    /// - Throws: ``MomentlogError`` with `unreadable-file`.
    /// - Complexity: O(*n*) in the file's bytes, in the memory of its longest line. It blocks
    ///   its thread.
    public static func verify(
        contentsOf path: String?, against head: StoreHead,
        progress: (WorkProgress) -> Void = { _ in }
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
            guard rest.count <= EventLine.maximumByteCount else {
                throw MomentlogError(
                    .unreadableFile, "\(name): line \(reading.tree.size + 1) is too long",
                    hint: "name an export of the log's canonical lines", suggestion: .readLog)
            }
            progress(WorkProgress(completed: reading.tree.size))
        }
        // The last line may lack its line feed.
        if !rest.isEmpty { rest.withUnsafeBytes { reading.takeLine($0) } }
        return reading.verification
    }

    private static func unreadable(_ name: String, _ code: CInt) -> MomentlogError {
        MomentlogError(
            .unreadableFile, "\(name): \(String(cString: strerror(code)))",
            hint: "make it readable, then try again")
    }
}

/// The content of an exported log, read so far.
private struct ExportReading {
    private let head: StoreHead
    private(set) var tree = MerkleTree()
    private var rootAtHead: [UInt8]?
    private var fault: (reason: ExportedLog.Reason, sequence: Int, text: String)?
    private var hasCarriageReturns = false

    init(head: StoreHead) {
        self.head = head
        if head.size == 0 { rootAtHead = tree.root }
    }

    /// Processes bytes, except a line that has not ended, which stays in `rest`.
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
        if sequence == 1 { hasCarriageReturns = line.last == 0x0D }
        guard fault == nil else { return }
        do throws(MomentlogError) {
            let event = try ParsedLine(line)
            guard event.sequence != sequence else { return }
            fault = (
                .misplacedEvent, sequence,
                "event \(event.sequence) is at the position of event \(sequence)"
            )
        } catch {
            let reason = error.code == .tooNew ? ": \(error.message)" : ""
            fault = (.notAnEvent, sequence, "line \(sequence) is not an event\(reason)")
        }
    }

    var verification: ExportedLog.Verification {
        var found = fault.map { ($0.reason, Optional($0.sequence), $0.text) }
        if hasCarriageReturns {
            found = (.lineEnds, 1, "line 1 ends with CR LF, but events end with a line feed alone")
        } else if found == nil && tree.size < head.size {
            found = (
                .tooShort, tree.size + 1,
                "the export ends at event \(tree.size), but the head covers \(head.size): its end"
                    + " was cut off, or it is older than the head"
            )
        } else if found == nil && rootAtHead != head.root {
            found = (
                .otherEvents, nil,
                "the head is not of these events: some of the first \(head.size) were altered,"
                    + " or it is the head of another log"
            )
        }
        return ExportedLog.Verification(
            size: tree.size,
            coverage: HeadCoverage(
                of: head, matches: rootAtHead == head.root && found == nil, logSize: tree.size),
            fault: found?.2, reason: found?.0, sequence: found?.1)
    }
}
