import CShims
import EventLog
import Files
import Foundation
import GRDB
import Glibc
import Logging
import Moments
import Synchronization

/// Connections that read a store and change nothing in it.
///
/// Their kind depends on the files:
///
/// - Without commits in a write-ahead log, the database is read as a file that does not change
///   (<https://www.sqlite.org/uri.html#uriimmutable>).
/// - With commits in the log and an index of it (`-shm`) that can be opened, SQLite's locks
///   coordinate readers and writers. The index is not written to unless this process changes
///   the store.
/// - Otherwise each connection creates its own index in memory. No locks are taken.
///
/// Without locks, files may change while they are read, so every read has to check ``stands``
/// afterwards.
///
/// It is a class because it owns connections.
final class ReadConnections: Sendable {
    /// The files that the connections depend on.
    private enum Basis: Sendable {
        case locks(StoreParts, isPassive: Bool)
        case stamp(StoreStamp)
        /// A copy is read.
        case copy(StoreStamp)
    }

    let reader: any DatabaseReader
    let file: DatabaseFile
    private let log: OpenFile?
    private let basis: Basis

    private init(
        _ reader: any DatabaseReader, _ file: DatabaseFile, _ log: OpenFile?, _ basis: Basis
    ) {
        self.reader = reader
        self.file = file
        self.log = log
        self.basis = basis
        if case .locks(_, let isPassive) = basis {
            file.entry.state.withLock { state in
                state.sharers += 1
                if isPassive { state.passiveSharers += 1 }
            }
        }
    }

    deinit {
        // Before the file is released, which closes its descriptors.
        try? reader.close()
        if case .locks(_, let isPassive) = basis {
            file.entry.state.withLock { state in
                state.sharers -= 1
                if isPassive { state.passiveSharers -= 1 }
            }
        }
    }

    /// Returns whether the next read would read the present content of the store.
    func isCurrent(_ files: StoreFiles) -> Bool {
        switch basis {
        case .locks(let parts, _): parts.difference(files) == nil
        case .stamp(let stamp), .copy(let stamp): stamp.isCurrent(files)
        }
    }

    /// Returns whether files that these connections have locked were removed: no process that
    /// honours the locks does so, and the present files may be older.
    func hasLostParts(_ files: StoreFiles) -> Bool {
        guard case .locks(let parts, _) = basis else { return false }
        return parts.difference(files) != nil
    }

    /// Whether what has been read is one state of the store.
    var stands: Bool {
        switch basis {
        case .locks, .copy: true
        case .stamp(let stamp): stamp.stands(database: file.descriptor, writeAheadLog: log)
        }
    }

    /// How connections are opened.
    struct Settings: Sendable {
        /// Whether this process changes the store, or is about to.
        var isWriting = false
        /// Whether to read a copy if no locks would be taken: copying takes less time, in which the
        /// files must not change, than a long read.
        var copies = false
        /// Prepares each connection; it throws ``SchemaOutdated`` for a store of an older schema,
        /// ``SchemaAbsent`` for one that is about to be created.
        var prepare: @Sendable (Database) throws -> Void
    }

    /// Opens connections to a store; nil if there is none yet.
    ///
    /// - Throws: ``MomentlogError`` with `storage` for files that are not a store's, ``Unsettled``
    ///   if the files are changing, and what SQLite throws.
    static func open(_ files: StoreFiles, _ settings: Settings) throws -> ReadConnections? {
        guard try files.presence() == .something, try !files.isBeingMade() else { return nil }
        try files.checkParts()
        guard let file = try DatabaseFile.open(files.database) else { return nil }
        let log = OpenFile(files.writeAheadLog)
        if log == nil, errno != ENOENT {
            throw MomentlogError(
                .storage,
                "cannot read \(files.writeAheadLog): \(String(cString: strerror(errno)))",
                hint: "it may hold commits: make it readable")
        }
        do {
            if log.map({ StoreStamp.mayHaveCommits($0) }) == true || settings.isWriting,
                let shared = try shared(files, file, settings)
            {
                return shared
            }
            if settings.copies { return try copied(files, file, log, settings) }
            return try unlocked(files, file, log, settings)
        } catch is SchemaAbsent {
            return nil
        } catch is SchemaOutdated {
            return try copied(files, file, log, settings)
        }
    }

    // MARK: Kinds

    /// Opens connections that SQLite's locks coordinate; nil if there is no index, or it cannot be
    /// opened.
    private static func shared(
        _ files: StoreFiles, _ file: DatabaseFile, _ settings: Settings
    ) throws -> ReadConnections? {
        guard faccessat(AT_FDCWD, files.sharedMemory, R_OK, AT_EACCESS) == 0,
            let parts = StoreParts(files)
        else { return nil }
        guard parts.database == file.identity else { throw Unsettled() }
        let owner = FileDetails(descriptor: file.descriptor)?.owner
        guard files.hasOwnParts(databaseOwner: owner) else { return nil }
        // An index that this process opens for reading only cannot be written to by it later.
        let isPassive = !settings.isWriting
        try registerVFS()
        let uri =
            "file://\(files.uriPath)?vfs=momentlog-existing"
            + (isPassive ? "&readonly_shm=1" : "")
        let pool: DatabasePool
        do {
            pool = try DatabasePool(path: uri, configuration: configuration(settings.prepare))
        } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PROTOCOL].contains(error.resultCode)
        {
            return nil
        } catch let error as DatabaseError {
            guard parts.difference(files) == nil else { throw Unsettled() }
            throw error
        }
        guard parts.difference(files) == nil else { throw Unsettled() }
        guard parts.areOpen else {
            // SQLite shares one index among all connections of a process, also one that is
            // no longer at its path.
            guard file.entry.state.withLock({ $0.sharers == 0 }) else {
                throw StoreParts.removed(files)
            }
            throw Unsettled()
        }
        return ReadConnections(pool, file, nil, .locks(parts, isPassive: isPassive))
    }

    private static func unlocked(
        _ files: StoreFiles, _ file: DatabaseFile, _ log: OpenFile?, _ settings: Settings
    ) throws -> ReadConnections {
        let stamp = try currentStamp(files, file, log)
        do {
            let pool = try DatabasePool(
                path: try uri(file, log, stamp),
                configuration: configuration(settings.prepare, indexesAlone: stamp.hasCommits))
            return ReadConnections(pool, file, log, .stamp(stamp))
        } catch {
            guard stamp.stands(database: file.descriptor, writeAheadLog: log) else {
                throw Unsettled()
            }
            throw error
        }
    }

    /// Opens a copy, migrated to the present schema if necessary. SQLite keeps it in memory, and in
    /// an unlinked file if it is large (<https://www.sqlite.org/inmemorydb.html>).
    private static func copied(
        _ files: StoreFiles, _ file: DatabaseFile, _ log: OpenFile?, _ settings: Settings
    ) throws -> ReadConnections {
        let stamp = try currentStamp(files, file, log)
        let copy = try DatabaseQueue(path: "")
        do {
            let source = try DatabaseQueue(
                path: try uri(file, log, stamp),
                configuration: configuration({ _ in }, indexesAlone: stamp.hasCommits))
            defer { try? source.close() }
            try source.backup(to: copy)
            try copy.inDatabase { database in
                do {
                    try settings.prepare(database)
                } catch is SchemaOutdated {
                    try SchemaVersion.migrate(database, files)
                    try settings.prepare(database)
                }
                try database.execute(sql: "PRAGMA query_only = ON")
            }
        } catch {
            guard stamp.stands(database: file.descriptor, writeAheadLog: log) else {
                throw Unsettled()
            }
            throw error
        }
        guard stamp.stands(database: file.descriptor, writeAheadLog: log) else {
            throw Unsettled()
        }
        return ReadConnections(copy, file, log, .copy(stamp))
    }

    /// Returns the stamp of open files, which are those at the paths at one moment: otherwise the
    /// log of a writer that has ended would be read with what others have written since.
    private static func currentStamp(
        _ files: StoreFiles, _ file: DatabaseFile, _ log: OpenFile?
    ) throws -> StoreStamp {
        guard let stamp = StoreStamp(database: file.descriptor, writeAheadLog: log),
            stamp.isCurrent(files)
        else { throw Unsettled() }
        return stamp
    }

    /// Returns the name of open files, for connections that take no locks.
    private static func uri(
        _ file: DatabaseFile, _ log: OpenFile?, _ stamp: StoreStamp
    ) throws -> String {
        try registerVFS()
        let base = "file:store?vfs=momentlog-descriptors&db=\(file.descriptor)"
        guard let log, stamp.hasCommits else { return base + "&immutable=1" }
        return base + "&wal=\(log.descriptor)"
    }

    private static func registerVFS() throws {
        let result = momentlog_register_reading_vfs()
        guard result == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
    }

    /// - Parameter indexesAlone: Whether each connection creates its own index of the WAL
    ///   (<https://www.sqlite.org/wal.html#noshm>).
    private static func configuration(
        _ prepare: @escaping @Sendable (Database) throws -> Void, indexesAlone: Bool = false
    ) -> Configuration {
        var configuration = Configuration()
        configuration.label = "momentlog.reader"
        configuration.allowsUnsafeTransactions = true
        configuration.readonly = true
        configuration.maximumReaderCount = 4
        // No reader waits longer than this, unless SQLite recovers a WAL.
        configuration.busyMode = .timeout(1)
        configuration.prepareDatabase { database in
            // Before anything is read.
            if indexesAlone { try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            try SQLiteConnection.leaveCheckpoints(database)
            try prepare(database)
        }
        return configuration
    }
}

/// The store's files are changing: what was read has to be read again.
struct Unsettled: Error {}

/// A database has no schema yet: it is being created, or its creator was killed.
struct SchemaAbsent: Error {}
