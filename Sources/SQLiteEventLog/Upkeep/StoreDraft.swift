import CShims
import EventLog
import Files
import Foundation
import GRDB
import Glibc
import Moments
import Synchronization

/// A staged copy of a store: in a ``PrivateFolder`` until it is complete, verified, and on stable
/// storage.
///
/// It is a class because it owns the folder.
final class StoreDraft: Sendable {
    private static let (databaseName, headName) = ("database", "head")

    let folder: PrivateFolder
    let identity: FileIdentity
    private let target: StoreFiles
    /// Closed before anybody else can open it: closing it later would drop the locks of others in
    /// this process.
    private let database: Mutex<OpenFile?>

    /// Creates an empty one beside a path, with missing parent folders.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    init(beside target: StoreFiles) throws(MomentlogError) {
        self.target = target
        folder = try PrivateFolder(beside: target.database)
        let database = try folder.create(Self.databaseName)
        guard let identity = database.details?.identity else {
            throw OpenFolder.failure("inspect", target.database)
        }
        self.database = Mutex(database)
        self.identity = identity
    }

    private func openDatabase() throws(MomentlogError) -> OpenFile {
        guard let open = database.withLock({ $0 }) else {
            throw MomentlogError(.storage, "the copy of \(target.database) is published already")
        }
        return open
    }

    private func uri(_ parameter: String) throws -> String {
        let result = momentlog_register_reading_vfs()
        guard result == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
        return
            "file:draft?vfs=momentlog-descriptors&db=\(try openDatabase().descriptor)&\(parameter)"
    }

    /// Copies a database as one of its connections sees it. It blocks its thread.
    ///
    /// - Parameter progress: Called with the number of pages copied so far, and of all.
    func copy(
        _ source: Database, _ cancellation: Cancellation,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) throws {
        // It may be the second attempt.
        guard ftruncate(try openDatabase().descriptor, 0) == 0 else {
            throw OpenFolder.failure("empty", target.database)
        }
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            // It is synced as a whole, or removed.
            try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        }
        let queue = try DatabaseQueue(path: try uri("writes=1"), configuration: configuration)
        defer { try? queue.close() }
        try queue.inDatabase { copy in
            try source.backup(to: copy, pagesPerStep: Self.pagesBetween) { step in
                try cancellation.check()
                progress(
                    WorkProgress(completed: step.completedPageCount, total: step.totalPageCount))
            }
        }
    }

    /// The number of pages that are copied between checks for cancellation.
    private static let pagesBetween: CInt = 256

    /// Verifies the whole log, writes its head and syncs both.
    ///
    /// It blocks its thread.
    ///
    /// - Parameters:
    ///   - source: What it is a copy of, and what is named if that is damaged.
    ///   - other: The head file of another copy of the log.
    /// - Returns: The head, and how the log contradicts the other copy's; nil if it does not.
    /// - Throws: ``MomentlogError`` with `corrupt`, `storage` or `cancelled`.
    func verified(
        _ cancellation: Cancellation, of source: StoreFiles, against other: HeadFile = .absent
    ) throws(MomentlogError) -> (head: StoreHead, mismatch: HeadMismatch?) {
        let verified: (head: StoreHead, mismatch: HeadMismatch?)
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(
                path: try uri("immutable=1"), configuration: configuration)
            defer { try? queue.close() }
            verified = try queue.inDatabase { database in
                try ReadTransaction.run(in: database, cancellation) {
                    let head = try LogVerification.head($0, source)
                    return (head, try other.contradiction(with: $0))
                }
            }
        } catch {
            try cancellation.check()
            throw StorageFailure.mapped(error, source)
        }
        let file = try folder.create(Self.headName)
        guard file.write(Array(verified.head.text.utf8)), fsync(file.descriptor) == 0,
            fsync(try openDatabase().descriptor) == 0
        else { throw OpenFolder.failure("write", target.database) }
        return verified
    }

    /// Gives it the owner and the mode of the database that it replaces.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func take(_ details: FileDetails) throws(MomentlogError) {
        let database = try openDatabase()
        let own = database.details
        let isOwned =
            own?.owner == details.owner && own?.group == details.group
            || fchown(database.descriptor, details.owner, details.group) == 0
        // Its mode may exceed its owner's permissions only if that is the same.
        guard isOwned || details.mode & 0o066 == 0,
            fchmod(database.descriptor, mode_t(details.mode & 0o666)) == 0
        else { throw OpenFolder.failure("change the owner of", target.database) }
    }

    /// Publishes it at its path, which must not exist, with its head beside it.
    ///
    /// The database goes first: one without its head is complete, a head without its database would
    /// indicate a loss.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`: nothing exists there then; or with
    ///   `storage` if another file was put there.
    func place() throws(MomentlogError) {
        database.withLock { $0 = nil }
        let (name, head) = (Self.name(target.database), Self.name(target.head))
        guard folder.move(Self.databaseName, to: name) == 0 else { throw taken(target.database) }
        guard folder.move(Self.headName, to: head) == 0 else {
            let error = taken(target.head)
            folder.moveBack(name, to: Self.databaseName)
            throw error
        }
        try check(isAt: name)
        try folder.parent.sync()
    }

    /// Moves the database alone to a name beside its path; false with `errno` if that fails.
    func move(to path: String) -> Bool {
        database.withLock { $0 = nil }
        return folder.move(Self.databaseName, to: Self.name(path)) == 0
    }

    /// Exchanges the database with the file at a name beside its path; false with `errno`.
    func exchange(with path: String) -> Bool {
        database.withLock { $0 = nil }
        return folder.exchange(Self.databaseName, with: Self.name(path)) == 0
    }

    /// Refuses another file that replaced it in the meantime.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func check(isAt name: String) throws(MomentlogError) {
        guard folder.parent.identity(of: Self.name(name)) == identity else {
            throw MomentlogError(
                .storage, "another file was put at \(target.database) at that moment",
                hint: "use a folder that nobody else can change")
        }
    }

    private static func name(_ path: String) -> String {
        URL(fileURLWithPath: path).lastPathComponent
    }

    private func taken(_ path: String) -> MomentlogError {
        MomentlogError(
            .outputRefused, "cannot make \(path): \(String(cString: strerror(errno)))",
            hint: "choose a name that does not exist yet")
    }
}
