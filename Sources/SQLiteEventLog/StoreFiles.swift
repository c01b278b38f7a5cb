import CShims
import EventLog
import Files
import Foundation
import Glibc
import Moments

/// The files of a store.
struct StoreFiles: Sendable {
    /// The database.
    let database: String

    /// The head: the log's size and root hash after the last commit.
    var head: String { database + ".head" }

    /// SQLite's write-ahead log, which exists only while the store is in use.
    var writeAheadLog: String { database + "-wal" }

    /// SQLite's index of the write-ahead log, likewise.
    var sharedMemory: String { database + "-shm" }

    /// SQLite's rollback journal, which a store's database never has.
    var rollbackJournal: String { database + "-journal" }

    /// Refuses to create a store beside files that do not belong to it: those of a database that is
    /// missing, whose write-ahead log may contain acknowledged commits, and a head file of other
    /// origin.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func checkNeighbours() throws(MomentlogError) {
        let manager = FileManager.default
        for path in [writeAheadLog, rollbackJournal, sharedMemory]
        where manager.fileExists(atPath: path) {
            // Another process may have created the store in the meantime.
            guard !manager.fileExists(atPath: database) else { return }
            throw MomentlogError(
                .storage, "\(path) exists, but its database \(database) does not",
                hint: "it may contain acknowledged commits: put its database back beside"
                    + " it, or move it away")
        }
        try checkHead()
    }

    /// Refuses a file at the head's path that must not be overwritten.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func checkHead() throws(MomentlogError) {
        guard FileDetails(path: head) != nil else { return }
        try HeadFile.checkOurs(head, OpenFile(head), databaseOwner: nil)
    }

    /// Returns the files of the store at a path.
    ///
    /// Links are followed first, as SQLite follows them: under each of its names a database has to
    /// have the same head, whose lock permits writing.
    init(path: String) {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        let resolved =
            Self.resolved(url.path)
            ?? Self.resolved(folder).map { $0 + "/" + url.lastPathComponent }
        database = resolved ?? url.path
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The path as a part of a URI filename (<https://www.sqlite.org/uri.html>).
    var uriPath: String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "/-._~")
        return database.addingPercentEncoding(withAllowedCharacters: allowed) ?? database
    }

    /// The name under which SQLite opens the database to write, and creates none: in place of one
    /// that was moved away it would create an empty one, and remove the write-ahead log beside it,
    /// with the commits in it.
    var existingURI: String { "file://\(uriPath)?mode=rw" }

    /// Returns the identity of the file at the database's path.
    ///
    /// - Throws: ``MomentlogError`` with `storage` if there is none.
    func identity() throws(MomentlogError) -> FileIdentity {
        FileIdentity(try databaseFile())
    }

    private func databaseFile() throws(MomentlogError) -> momentlog_file {
        var file = momentlog_file()
        guard momentlog_inspect_file(-1, database, &file) == 0 else {
            throw MomentlogError(
                .storage,
                "the store \(database) is gone: \(String(cString: strerror(errno)))",
                hint: "put it back, and open it again; it contained acknowledged commits")
        }
        return file
    }

    /// Refuses a database that was removed or replaced while it was open: changes to it would be
    /// lost.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func check(_ identity: FileIdentity) throws(MomentlogError) {
        guard try self.identity() == identity else { throw Self.replaced(database) }
    }

    /// As ``check(_:)``, and refuses one that writers could open under other paths without knowing
    /// of each other: each would have its own WAL.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func checkWritable(_ identity: FileIdentity) throws(MomentlogError) {
        let file = try databaseFile()
        guard FileIdentity(file) == identity else { throw Self.replaced(database) }
        guard file.links < 2 else { throw hardLinked(Int(file.links)) }
        guard file.is_mount_point == 0 else { throw mounted }
    }

    static func replaced(_ path: String) -> MomentlogError {
        MomentlogError(
            .storage, "another file was put at \(path) while the store was open",
            hint: "open the store again to work with what is there now")
    }

    private func hardLinked(_ links: Int) -> MomentlogError {
        MomentlogError(
            .storage,
            "\(database) has \(links) names (hard links), and commits under one of them would not"
                + " be seen under the others",
            hint: "remove the other names, or make this one a copy; it can be read meanwhile")
    }

    private var mounted: MomentlogError {
        MomentlogError(
            .storage,
            "\(database) is mounted as a single file, so its -wal and its .head are not those of"
                + " the store",
            hint: "mount the folder that holds the store instead")
    }

    /// The file at the database's path.
    enum Presence: Sendable {
        case nothing
        /// An empty file: its creator was killed before the first commit.
        case emptyFile
        case something
    }

    /// Inspects the database's path.
    ///
    /// - Parameter acceptsDamage: Whether a file that is too short to be a database, but was one as
    ///   its head file shows, counts as something.
    /// - Throws: ``MomentlogError`` with `storage` for something else than a file, or a file that
    ///   is too short to be a database: SQLite would treat one of a single byte as empty, and write
    ///   to it; with `corrupt` if its head file lists events.
    func presence(acceptsDamage: Bool = false) throws(MomentlogError) -> Presence {
        var status = stat()
        guard stat(database, &status) == 0 else {
            let code = errno
            // SQLite would follow the link and create a file at its target.
            guard lstat(database, &status) != 0 else {
                throw MomentlogError(
                    .storage, "\(database) is a broken link",
                    hint: "remove it, or specify the store that it should point to")
            }
            errno = code
            if errno == ENOENT || errno == ENOTDIR { return .nothing }
            throw failure("inspect", errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MomentlogError(
                .storage, "\(database) is not a file",
                hint: "name the store's database file", suggestion: .nameStore)
        }
        var file = momentlog_file()
        guard momentlog_inspect_file(-1, database, &file) == 0 else {
            throw failure("inspect", errno)
        }
        guard file.is_mount_point == 0 else { throw mounted }
        if status.st_size == 0 { return .emptyFile }
        guard status.st_size >= 512 else {
            if let recorded = try HeadFile.read(head).recorded {
                if acceptsDamage { return .something }
                throw StorageFailure.noDatabase(self, recorded, cause: nil)
            }
            throw MomentlogError(
                .storage, "\(database) is not a momentlog store", hint: "name the store's file",
                suggestion: .nameStore)
        }
        return .something
    }

    /// Refuses parts of the store beside the database that are not regular files, which SQLite
    /// would follow or wait at.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func checkParts() throws(MomentlogError) {
        for path in [writeAheadLog, sharedMemory, rollbackJournal] {
            guard let details = FileDetails(path: path), !details.isRegular else { continue }
            throw foreignPart(path, "is \(details.kind)")
        }
    }

    /// As ``checkParts()``, and refuses files of others that SQLite would write to: those with
    /// other names, and, for root, those of another owner than the database's. SQLite would also
    /// give them to the database's owner.
    ///
    /// - Throws: ``MomentlogError`` with `storage`.
    func checkWritableParts(databaseOwner: UInt32?) throws(MomentlogError) {
        try checkParts()
        for path in [writeAheadLog, sharedMemory, rollbackJournal] {
            guard let details = FileDetails(path: path) else { continue }
            if let what = details.foreignness(databaseOwner: databaseOwner) {
                throw foreignPart(path, what)
            }
        }
    }

    /// Returns whether SQLite may open the WAL and its index by their names, even to read.
    func hasOwnParts(databaseOwner: UInt32?) -> Bool {
        [writeAheadLog, sharedMemory].allSatisfy { path in
            let details = FileDetails(path: path)
            return details?.isRegular == true
                && details?.foreignness(databaseOwner: databaseOwner) == nil
        }
    }

    private func foreignPart(_ path: String, _ what: String) -> MomentlogError {
        MomentlogError(
            .storage, "\(path) \(what), and is not a file of the store",
            hint: "move it away: SQLite would open it as a part of the store")
    }

    /// Refuses a name that SQLite treats as a part of another database, and removes.
    ///
    /// - Throws: ``MomentlogError`` with `output-refused`.
    func checkName() throws(MomentlogError) {
        for ending in ["-journal", "-wal", "-shm", ".head"] where database.hasSuffix(ending) {
            let other = String(database.dropLast(ending.count))
            guard FileDetails(path: other) != nil else { continue }
            throw MomentlogError(
                .outputRefused, "\(database) is the name of a part of the database \(other)",
                hint: "choose a name that does not end in \(ending)")
        }
    }

    /// The state of a rollback journal beside the database.
    enum Journal: Sendable {
        /// There is none, or one that is no longer in use.
        case none
        /// The database is being created, or its creator was killed: it was empty before the
        /// transaction.
        case ofEmptyDatabase
        /// Another program is changing the database, or was killed while it did: no store has such
        /// a journal.
        case ofOthers
    }

    /// Inspects the rollback journal
    /// (<https://www.sqlite.org/fileformat2.html#the_rollback_journal>).
    var journal: Journal {
        guard FileDetails(path: rollbackJournal)?.isRegular == true,
            let journal = OpenFile(rollbackJournal), let header = journal.read(20),
            header.starts(with: [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7])
        else { return .none }
        let isEmpty = header.count == 20 && header[16...].allSatisfy { $0 == 0 }
        return isEmpty ? .ofEmptyDatabase : .ofOthers
    }

    /// Returns whether the database is being created, or its creator was killed.
    ///
    /// - Throws: ``MomentlogError`` with `storage` for a journal of another program: without it the
    ///   database cannot be read in its previous state.
    func isBeingMade() throws(MomentlogError) -> Bool {
        switch journal {
        case .none: return false
        case .ofEmptyDatabase: return true
        case .ofOthers:
            throw MomentlogError(
                .storage,
                "another program has left a transaction half done in \(database):"
                    + " \(rollbackJournal)",
                hint: "a change to the store takes it back; if that program still runs, let it end")
        }
    }

    func failure(_ verb: String, _ code: CInt) -> MomentlogError {
        MomentlogError(
            .storage, "cannot \(verb) \(database): \(String(cString: strerror(code)))")
    }
}
