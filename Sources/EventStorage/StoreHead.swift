import Foundation
import GRDB
public import Moments

/// The head of a store: the log's size and root hash, which an auditor keeps.
///
/// Who has one can show later whether the log has only grown since.
///
/// Three lines: the origin, the size in decimal, the root in base64. Source: C2SP
/// tlog-checkpoint (<https://c2sp.org/tlog-checkpoint>).
public struct StoreHead: Sendable, Hashable {
    /// What tells the store's log from all others.
    public let origin: String
    /// How many events there are.
    public let size: Int
    /// The root of their Merkle tree: 32 bytes.
    public let root: [UInt8]

    /// Puts a head together.
    package init(origin: String, size: Int, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// What tells the log in a database from all others.
    static func origin(_ database: Database) throws -> String {
        let statement = try database.cachedStatement(sql: "SELECT uuid FROM store")
        return "momentlog/\(try String.fetchOne(statement) ?? "")"
    }

    /// Reads a head; returns nil for other text.
    package init?(_ text: some StringProtocol) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4 || (lines.count == 3 && lines[2].isEmpty == false),
            !lines[0].isEmpty, let size = Int(lines[1]), size >= 0,
            size.description == lines[1],
            let root = Data(base64Encoded: String(lines[2])), root.count == 32
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: [UInt8](root))
    }

    /// The head as text.
    public var text: String { "\(origin)\n\(size)\n\(rootText)\n" }

    /// The root in base64.
    public var rootText: String { Data(root).base64EncodedString() }

    /// The head as an event tells of one that is lost.
    var lost: LostHead { LostHead(origin: origin, size: size, root: rootText) }

    /// Reads a head; what follows its three lines, such as signatures, is not looked at.
    ///
    /// - Parameters:
    ///   - text: The head.
    ///   - source: Where it comes from, for the error.
    /// - Throws: ``MomentlogError`` with `unreadable-file` for another text.
    public init(_ text: String, from source: String) throws(MomentlogError) {
        guard let head = StoreHead(text) else {
            throw MomentlogError(
                .unreadableFile,
                "\(source) is no head: three lines with origin, size and root in base64",
                hint: "'momentlog head' prints one")
        }
        self = head
    }

    /// The most bytes of a file with a head, signatures behind it included.
    private static let mostBytes = 1 << 20

    /// Reads the head in a file.
    ///
    /// - Throws: ``MomentlogError`` with `unreadable-file`, also for one of more than a MiB.
    public init(contentsOf path: String) throws(MomentlogError) {
        let text: String
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            let bytes = try file.read(upToCount: Self.mostBytes + 1) ?? Data()
            // Cut off, it is no head, even if its first lines were one.
            text =
                bytes.count > Self.mostBytes ? "" : String(validating: bytes, as: UTF8.self) ?? ""
        } catch {
            throw MomentlogError(
                .unreadableFile, "cannot read \(path): \(error.localizedDescription)",
                hint: "name a file that 'momentlog head' wrote", cause: error)
        }
        try self.init(text, from: path)
    }
}
