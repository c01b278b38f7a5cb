public import Foundation
public import Moments

/// The head of a store: the log's size and root hash, which an auditor keeps.
///
/// With it, an auditor can show later whether the log has only grown since.
///
/// Three lines: the origin, the size in decimal, the root in base64. Source: C2SP
/// tlog-checkpoint (<https://c2sp.org/tlog-checkpoint>).
public struct StoreHead: Sendable, Hashable {
    /// The identity of the store's log.
    public let origin: String
    /// The number of events.
    public let size: Int
    /// The root of their Merkle tree: 32 bytes.
    public let root: [UInt8]

    /// Creates a head.
    public init(origin: String, size: Int, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads a head; returns nil for other text.
    package init?(_ text: some StringProtocol) {
        guard let head = try? Self.parse(Array(text.utf8)) else { return nil }
        self = head
    }

    /// Reads a head's three lines strictly: one head has one form.
    ///
    /// - Throws: ``NotAHead`` with the first rule that the bytes violate.
    private static func parse(_ bytes: [UInt8]) throws(NotAHead) -> StoreHead {
        let lines = bytes.split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false)
        guard !lines.prefix(3).contains(where: { $0.last == 0x0D }) else {
            throw NotAHead(reason: "its lines end with CR LF")
        }
        guard lines.count == 4 else {
            throw NotAHead(
                reason: "it needs three lines, origin, size and root in base64, each with its line"
                    + " feed")
        }
        let texts = lines.prefix(3).compactMap { String(validating: $0, as: UTF8.self) }
        guard texts.count == 3, !texts[0].isEmpty else {
            throw NotAHead(reason: "its first line, the origin, is empty or not UTF-8")
        }
        guard let size = Int(texts[1]), size >= 0, texts[1].utf8.elementsEqual("\(size)".utf8)
        else {
            throw NotAHead(
                reason: "its second line, the size, is not a decimal number without sign and"
                    + " leading zeros")
        }
        guard let root = Data(base64Encoded: texts[2]), root.count == 32,
            root.base64EncodedString().utf8.elementsEqual(texts[2].utf8)
        else {
            throw NotAHead(reason: "its third line, the root, is not 32 bytes in canonical base64")
        }
        return StoreHead(origin: texts[0], size: size, root: [UInt8](root))
    }

    /// The rule that a text violates which should be a head.
    private struct NotAHead: Error {
        let reason: String
    }

    /// The head as text.
    public var text: String { "\(origin)\n\(size)\n\(rootText)\n" }

    /// The root in base64.
    public var rootText: String { Data(root).base64EncodedString() }

    /// The head in the form of an event about a lost head.
    package var lost: LostHead { LostHead(origin: origin, size: size, root: rootText) }

    /// Reads a head; what follows its three lines, such as signatures, is ignored.
    ///
    /// - Parameters:
    ///   - text: The head.
    ///   - source: Its source, for the error.
    /// - Throws: ``MomentlogError`` with `unreadable-file` for another text, also for one that
    ///   differs from ``text`` only in a leading zero or a line end.
    public init(_ text: String, from source: String) throws(MomentlogError) {
        try self.init(Array(text.utf8), from: source)
    }

    private init(_ bytes: [UInt8], from source: String) throws(MomentlogError) {
        do throws(NotAHead) {
            self = try Self.parse(bytes)
        } catch {
            throw MomentlogError(
                .unreadableFile, "\(source) is not a head: \(error.reason)",
                hint: "use the output of 'head', unchanged", suggestion: .printHead,
                cause: error)
        }
    }

    /// The maximum size of a file with a head, including signatures, in bytes.
    private static let maximumByteCount = 1 << 20

    /// Reads the head in a file.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file`, also for one of more than a MiB.
    public init(contentsOf path: String) throws(MomentlogError) {
        let file: FileHandle
        do {
            file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw Self.unreadable(path, error)
        }
        defer { try? file.close() }
        try self.init(reading: file, from: path)
    }

    /// Reads a head from an open file, such as standard input, to its end.
    ///
    /// It blocks its thread.
    ///
    /// - Parameters:
    ///   - file: The file, which stays open.
    ///   - source: Its name in the error.
    /// - Throws: ``MomentlogError`` with `unreadable-file`, also for more than a MiB.
    public init(reading file: FileHandle, from source: String) throws(MomentlogError) {
        var bytes = Data()
        do {
            while bytes.count <= Self.maximumByteCount,
                let more = try file.read(upToCount: Self.maximumByteCount + 1 - bytes.count),
                !more.isEmpty
            {
                bytes += more
            }
        } catch {
            throw Self.unreadable(source, error)
        }
        guard bytes.count <= Self.maximumByteCount else {
            throw MomentlogError(
                .unreadableFile, "\(source) is not a head: it is longer than a MiB",
                hint: "use the output of 'head', unchanged", suggestion: .printHead)
        }
        try self.init([UInt8](bytes), from: source)
    }

    /// Returns the system's description of why a file cannot be read, instead of Foundation's.
    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let below = error.userInfo[NSUnderlyingErrorKey] as? NSError
        let posix = [error, below].compactMap(\.self).first { $0.domain == NSPOSIXErrorDomain }
        if let posix { return String(cString: strerror(CInt(posix.code))) }
        return error.code == CocoaError.fileReadNoSuchFile.rawValue
            ? "No such file or directory" : "input/output error"
    }

    private static func unreadable(_ source: String, _ error: any Error) -> MomentlogError {
        MomentlogError(
            .unreadableFile, "cannot read \(source): \(reason(error))",
            hint: "use a file with a head", suggestion: .printHead, cause: error)
    }
}
