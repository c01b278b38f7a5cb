import EventLog
import Files
import Foundation
import GRDB
import Glibc
import Logging
import Moments

/// The content of the head file, and its comparison with the log.
///
/// One flipped bit in a WAL silently drops the commits behind it, and every check inside of the
/// database still passes (<https://www.sqlite.org/walformat.html#recovery>). The head file, written
/// after each commit, detects that. It is read before the database, so that a commit in between can
/// only make the log longer than it states.
enum HeadFile {
    case absent
    /// It contains no head: nothing yet, or something else.
    case damaged
    case head(StoreHead)

    /// The beginning of every head.
    static let mark = Array("momentlog/".utf8)

    /// The maximum length of a head in bytes.
    static let maximumByteCount = 4096

    /// Reads the head file.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if it exists and cannot be read: its content is
    ///   unknown then, which differs from empty.
    static func read(_ path: String) throws(MomentlogError) -> HeadFile {
        HeadFile(try bytes(path))
    }

    /// Returns the content of the file, or its beginning if that is long; nil if there is none, and
    /// empty if it is not a regular file.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func bytes(_ path: String) throws(MomentlogError) -> [UInt8]? {
        guard let file = OpenFile(path) else {
            switch errno {
            case ENOENT, ENOTDIR: return nil
            // A link, a named pipe, a socket, a device: none of them contains our head.
            case ELOOP, EINVAL, ENXIO, EISDIR, ENODEV: return []
            default: throw unreadable(path, errno)
            }
        }
        guard var bytes = file.read(maximumByteCount) else { throw unreadable(path, errno) }
        // It is written in place, and may be read in part while it is written.
        for _ in 0..<8 {
            guard let again = file.read(maximumByteCount) else { throw unreadable(path, errno) }
            if again == bytes { break }
            bytes = again
        }
        return bytes
    }

    /// Refuses a file at the head's path that must not be overwritten: one that is not regular, has
    /// other names or another owner than the database, or contains something else than a head. A
    /// file that is empty, or contains only NUL bytes after a power loss, is accepted.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func checkOurs(
        _ path: String, _ file: OpenFile?, databaseOwner: UInt32?
    ) throws(MomentlogError) {
        guard let file, let details = file.details else {
            let kind = FileDetails(path: path).map { $0.isRegular ? "unreadable" : $0.kind }
            throw foreign(path, "is \(kind ?? "unreadable")")
        }
        if details.links > 1 { throw foreign(path, "has \(details.links) names (hard links)") }
        if details.isMountPoint { throw foreign(path, "is mounted as a single file") }
        if let databaseOwner, details.owner != databaseOwner {
            throw foreign(
                path, "belongs to user \(details.owner), but the database to user \(databaseOwner)")
        }
        guard let bytes = file.read(maximumByteCount) else { throw unreadable(path, errno) }
        guard bytes.contains(where: { $0 != 0 }), !bytes.starts(with: mark)
        else { return }
        throw foreign(path, "is not a head file")
    }

    private static func foreign(_ path: String, _ what: String) -> MomentlogError {
        MomentlogError(
            .storage, "\(path) \(what), and the store's head would overwrite it",
            hint: "move it away: the next commit creates a head file",
            suggestion: .nameStore)
    }

    private static func unreadable(_ path: String, _ code: CInt) -> MomentlogError {
        MomentlogError(
            .storage, "cannot read the head file \(path): \(String(cString: strerror(code)))",
            hint: "it shows whether the store has lost its end: make it readable")
    }

    /// Parses bytes; nil means that there is no file.
    init(_ bytes: [UInt8]?) {
        guard let bytes else {
            self = .absent
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self), let head = StoreHead(text)
        else {
            self = .damaged
            return
        }
        self = .head(head)
    }

    /// The head in it, if it lists any event.
    var recorded: StoreHead? {
        guard case .head(let recorded) = self, recorded.size > 0 else { return nil }
        return recorded
    }

    /// Returns how the log contradicts the head file; nil if it does not.
    ///
    /// - Complexity: O(log *n*) in the commits.
    func contradiction(with database: Database) throws -> HeadMismatch? {
        guard let recorded else { return nil }
        let origin = try StoreHead.origin(database)
        let commits = CommitTable(database: database)
        let found = min(try commits.last().size, try Int.lastSequence(database))
        guard recorded.origin == origin else {
            return HeadMismatch(recorded: recorded, found: found, reason: .otherStore)
        }
        guard recorded.size <= found else {
            return HeadMismatch(recorded: recorded, found: found, reason: .behind)
        }
        let root: [UInt8]?
        do {
            root = try commits.ending(at: recorded.size).map { try commits.tree(after: $0).root }
        } catch let error as MomentlogError where error.code == .corrupt {
            // A damaged store agrees with no head.
            root = nil
        }
        return root == recorded.root
            ? nil : HeadMismatch(recorded: recorded, found: found, reason: .otherRoot)
    }
}

/// How a log contradicts its head file.
struct HeadMismatch: Sendable {
    enum Reason: Sendable { case behind, otherStore, otherRoot, noDatabase }

    let recorded: StoreHead
    /// The number of events in the log.
    let found: Int
    let reason: Reason

    /// Compares a head with the end of the log; nil if they agree.
    ///
    /// It is quicker than ``HeadFile/contradiction(with:)``, for each commit.
    init?(_ recorded: StoreHead?, end: LogEnd) {
        guard let recorded else { return nil }
        self.recorded = recorded
        found = end.tree.size
        if recorded.origin != end.origin {
            reason = .otherStore
        } else if recorded.size > end.tree.size {
            reason = .behind
        } else if recorded.size == end.tree.size, recorded.root != end.root {
            reason = .otherRoot
        } else {
            return nil
        }
    }

    init(recorded: StoreHead, found: Int, reason: Reason) {
        self.recorded = recorded
        self.found = found
        self.reason = reason
    }

    /// Returns a description of the contradiction.
    func message(_ files: StoreFiles) -> String {
        switch reason {
        case .behind:
            "the store \(files.database) holds \(found) events, but \(files.head) lists"
                + " \(recorded.size): the last ones are lost, or this is an older copy"
        case .otherStore:
            "\(files.head) is the head of another store than \(files.database)"
        case .otherRoot:
            "the first \(recorded.size) events in \(files.database) are not those that"
                + " \(files.head) lists: the log was altered, or this is another copy"
        case .noDatabase:
            "there is no store at \(files.database), but \(files.head) lists \(recorded.size) events"
        }
    }

    /// Returns the error of opening the log, without the commands or calls that resolve it.
    func error(_ files: StoreFiles) -> MomentlogError {
        let hint =
            reason == .noDatabase
            ? "first keep a copy of \(files.head) and of a -wal beside it as evidence; then put the"
                + " database back, restore it (\(Self.sources(files))), or accept the loss, which is"
                + " recorded in a new log"
            : "first keep a copy of \(files.database), its -wal and its .head as evidence; then"
                + " restore the newer store (\(Self.sources(files))), open this one read-only to"
                + " inspect it, or accept the loss, which is recorded"
        return MomentlogError(.behindHead, message(files), hint: hint)
            .detailing("store", .text(files.database))
            .detailing("recorded", .number(recorded.size)).detailing("found", .number(found))
    }

    /// Returns where a newer store may be, including one that an interrupted restoration kept.
    private static func sources(_ files: StoreFiles) -> String {
        let backup = "from a backup"
        guard let aside = files.lastReplaced else { return backup }
        let exists = FileManager.default.fileExists(atPath:)
        let moves = [
            (aside.writeAheadLog, files.writeAheadLog),
            (aside.rollbackJournal, files.rollbackJournal),
        ].filter { exists($0.0) }.map { "\($0.0) back to \($0.1)" }
        let kept =
            exists(aside.database)
            ? "\(backup), or from what a restoration kept, \(aside.database)" : backup
        return moves.isEmpty
            ? kept
            : "\(kept); if that restoration was cut off, move"
                + " \(moves.joined(separator: " and ")) first"
    }
}
