import EventLog
import Files
import Foundation
import GRDB
import Glibc
import Logging
import Moments

/// What the head file says, and whether the log bears it out.
///
/// One flipped bit in a WAL silently drops the commits behind it, and every check inside of
/// the database still passes (<https://www.sqlite.org/walformat.html#recovery>). The head
/// file, written after each commit, tells. It is read before the database, so that a commit
/// in between can only make the log larger than it says.
enum HeadFile {
    case absent
    /// It holds no head: nothing yet, or something else.
    case damaged
    case head(StoreHead)

    /// What a head begins with.
    static let mark = Array("momentlog/".utf8)

    /// No head is longer.
    static let maximumByteCount = 4096

    /// What the file says.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if it is there and cannot be read: what it
    ///   would tell is not known then, which is not the same as nothing.
    static func read(_ path: String) throws(MomentlogError) -> HeadFile {
        HeadFile(try bytes(path))
    }

    /// What the file holds, or its beginning if that is much; nil if there is none, and nothing
    /// if what is there is no regular file.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    static func bytes(_ path: String) throws(MomentlogError) -> [UInt8]? {
        guard let file = OpenFile(path) else {
            switch errno {
            case ENOENT, ENOTDIR: return nil
            // A link, a named pipe, a socket, a device: no head of ours is in it.
            case ELOOP, EINVAL, ENXIO, EISDIR, ENODEV: return []
            default: throw unreadable(path, errno)
            }
        }
        guard var bytes = file.read(maximumByteCount) else { throw unreadable(path, errno) }
        // It is written in place, and one that is written just now may be read in part.
        for _ in 0..<8 {
            guard let again = file.read(maximumByteCount) else { throw unreadable(path, errno) }
            if again == bytes { break }
            bytes = again
        }
        return bytes
    }

    /// Refuses a file that is at the head's place and that no head may be written to: one that
    /// is not regular, has other names or another owner than the database, or holds something
    /// else than a head. One that is empty, or only NUL bytes as a loss of power leaves it, is
    /// ours.
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
                path, "belongs to user \(details.owner), and the database to user \(databaseOwner)")
        }
        guard let bytes = file.read(maximumByteCount) else { throw unreadable(path, errno) }
        guard bytes.contains(where: { $0 != 0 }), !bytes.starts(with: mark)
        else { return }
        throw foreign(path, "is not a head file")
    }

    private static func foreign(_ path: String, _ what: String) -> MomentlogError {
        MomentlogError(
            .storage, "\(path) \(what), and the store's head would be written to it",
            hint: "move it away: the next commit makes a head file",
            suggestion: .nameStore)
    }

    private static func unreadable(_ path: String, _ code: CInt) -> MomentlogError {
        MomentlogError(
            .storage, "cannot read the head file \(path): \(String(cString: strerror(code)))",
            hint: "it tells whether the store has lost its end: make it readable; once it is"
                + " moved away, the next commit writes it anew")
    }

    /// What bytes tell; nil stands for no file.
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

    /// The head that it holds, if it tells of any event.
    var told: StoreHead? {
        guard case .head(let told) = self, told.size > 0 else { return nil }
        return told
    }

    /// What is wrong with the log by what the head file says; nil if nothing is.
    ///
    /// - Complexity: O(log *n*) in the commits.
    func contradiction(with database: Database) throws -> HeadContradiction? {
        guard let told else { return nil }
        let origin = try StoreHead.origin(database)
        let commits = CommitTable(database: database)
        let found = min(try commits.last().size, try Int.lastSequence(database))
        guard told.origin == origin else {
            return HeadContradiction(told: told, found: found, reason: .otherStore)
        }
        guard told.size <= found else {
            return HeadContradiction(told: told, found: found, reason: .behind)
        }
        let root: [UInt8]?
        do {
            root = try commits.ending(at: told.size).map { try commits.tree(after: $0).root }
        } catch let error as MomentlogError where error.code == .corrupt {
            // A damaged store agrees with no head.
            root = nil
        }
        return root == told.root
            ? nil : HeadContradiction(told: told, found: found, reason: .otherRoot)
    }
}

/// How a log contradicts its head file.
struct HeadContradiction: Sendable {
    enum Reason: Sendable { case behind, otherStore, otherRoot, noDatabase }

    let told: StoreHead
    /// How many events the log holds.
    let found: Int
    let reason: Reason

    /// How a log contradicts a head by what it ends with; nil if it does not.
    ///
    /// It is a shorter look than ``HeadFile/contradiction(with:)``, for each commit.
    init?(_ told: StoreHead?, end: LogEnd) {
        guard let told else { return nil }
        self.told = told
        found = end.tree.size
        if told.origin != end.origin {
            reason = .otherStore
        } else if told.size > end.tree.size {
            reason = .behind
        } else if told.size == end.tree.size, told.root != end.root {
            reason = .otherRoot
        } else {
            return nil
        }
    }

    init(told: StoreHead, found: Int, reason: Reason) {
        self.told = told
        self.found = found
        self.reason = reason
    }

    /// What is wrong.
    func message(_ files: StoreFiles) -> String {
        switch reason {
        case .behind:
            "the store \(files.database) holds \(found) events, but \(files.head) lists"
                + " \(told.size): the last ones are lost, or this is an older copy"
        case .otherStore:
            "\(files.head) is the head of another store than \(files.database)"
        case .otherRoot:
            "the first \(told.size) events in \(files.database) are not those that"
                + " \(files.head) lists: the log was altered, or this is another copy"
        case .noDatabase:
            "there is no store at \(files.database), but \(files.head) lists \(told.size) events"
        }
    }

    /// The refusal to open the log, without the commands or calls that resolve it.
    func error(_ files: StoreFiles) -> MomentlogError {
        MomentlogError(
            .behindHead, message(files),
            hint: "first keep a copy of \(files.database), its -wal and its .head as evidence; then"
                + " restore the newer store (\(Self.sources(files))), open this one read-only to"
                + " inspect it, or accept the loss, which is recorded")
    }

    /// Where a newer store may be: also one that was put aside by a restoration that did not
    /// come to its end.
    private static func sources(_ files: StoreFiles) -> String {
        let backup = "from a backup"
        guard let aside = files.lastAside else { return backup }
        var text = "\(backup), or from what a restoration kept, \(aside.database)"
        if FileManager.default.fileExists(atPath: aside.writeAheadLog) {
            text +=
                "; if that restoration was cut off, move \(aside.writeAheadLog) back to"
                + " \(files.writeAheadLog) first"
        }
        return text
    }
}
